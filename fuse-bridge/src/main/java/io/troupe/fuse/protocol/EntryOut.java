package io.troupe.fuse.protocol;

import io.troupe.actors.fs.Attributes;
import java.lang.foreign.MemorySegment;

/**
 * A name and the inode it leads to, {@code fuse_entry_out}.
 *
 * <pre>
 *   0        8            16            24           32               36              40
 *   | nodeid | generation | entry valid | attr valid | entry valid ns | attr valid ns | attr |
 * </pre>
 *
 * The generation is always 0: inode numbers are never used again.
 */
public final class EntryOut {
  public static final int BYTES = 40 + Attr.BYTES;

  private static final long ATTR = 40;

  private EntryOut() {}

  public static void write(
      MemorySegment s, long at, Attributes a, Validity entry, Validity attributes) {
    Fields.u64(s, at, a.inode());
    Fields.u64(s, at + 8, 0);
    Fields.u64(s, at + 16, entry.seconds());
    Fields.u64(s, at + 24, attributes.seconds());
    Fields.u32(s, at + 32, entry.nanos());
    Fields.u32(s, at + 36, attributes.nanos());
    Attr.write(s, at + ATTR, a);
  }

  /** Says that there is no such name, in a way that the kernel remembers for that long. */
  public static void writeAbsent(MemorySegment s, long at, Validity entry) {
    s.asSlice(at, BYTES).fill((byte) 0);
    Fields.u64(s, at + 16, entry.seconds());
    Fields.u32(s, at + 32, entry.nanos());
  }

  /** An entry that the kernel does not keep, for "." and ".." in READDIRPLUS. */
  public static void writeUncounted(MemorySegment s, long at) {
    s.asSlice(at, BYTES).fill((byte) 0);
  }

  public static long nodeId(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }

  public static Attributes attributes(MemorySegment s, long at) {
    return Attr.read(s, at + ATTR);
  }
}
