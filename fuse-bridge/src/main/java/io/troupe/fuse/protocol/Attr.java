package io.troupe.fuse.protocol;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import java.lang.foreign.MemorySegment;

/**
 * Attributes of an inode, {@code fuse_attr}.
 *
 * <pre>
 *   0     8      16              24      32      40      48         52         56
 *   | ino | size | 512 B blocks | atime | mtime | ctime | atime ns | mtime ns | ctime ns |
 *   60     64      68    72    76     80        84      88
 *   | mode | nlink | uid | gid | rdev | blksize | flags |
 * </pre>
 */
public final class Attr {
  public static final int BYTES = 88;

  /** What st_blksize says: programs read and write in such pieces at least. */
  private static final int PREFERRED_IO_BYTES = 4096;

  private Attr() {}

  public static void write(MemorySegment s, long at, Attributes a) {
    Fields.u64(s, at, a.inode());
    Fields.u64(s, at + 8, a.sizeBytes());
    Fields.u64(s, at + 16, (a.sizeBytes() + 511) >>> 9);
    Fields.u64(s, at + 24, a.atime().seconds());
    Fields.u64(s, at + 32, a.mtime().seconds());
    Fields.u64(s, at + 40, a.ctime().seconds());
    Fields.u32(s, at + 48, a.atime().nanos());
    Fields.u32(s, at + 52, a.mtime().nanos());
    Fields.u32(s, at + 56, a.ctime().nanos());
    Fields.u32(s, at + 60, a.mode());
    Fields.u32(s, at + 64, a.nlink());
    Fields.u32(s, at + 68, a.uid());
    Fields.u32(s, at + 72, a.gid());
    Fields.u32(s, at + 76, a.rdev());
    Fields.u32(s, at + 80, PREFERRED_IO_BYTES);
    Fields.u32(s, at + 84, 0);
  }

  /** The attributes written; the truncate epoch does not travel and is 0. */
  public static Attributes read(MemorySegment s, long at) {
    return new Attributes(
        Fields.u64(s, at),
        Fields.u32(s, at + 60),
        Fields.u32(s, at + 64),
        Fields.u32(s, at + 68),
        Fields.u32(s, at + 72),
        Fields.u32(s, at + 76),
        Fields.u64(s, at + 8),
        0,
        new FileTime(Fields.u64(s, at + 24), Fields.u32(s, at + 48)),
        new FileTime(Fields.u64(s, at + 32), Fields.u32(s, at + 52)),
        new FileTime(Fields.u64(s, at + 40), Fields.u32(s, at + 56)));
  }
}
