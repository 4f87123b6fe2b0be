package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One entry of a listing, {@code fuse_dirent}. In READDIRPLUS an {@link EntryOut} comes before it.
 *
 * <pre>
 *   0     8        16            20     24
 *   | ino | offset | name length | type | name … | zeros to a multiple of 8 |
 * </pre>
 *
 * The offset is where the listing goes on behind this entry.
 */
public final class Dirent {
  private static final int NAME = 24;

  private Dirent() {}

  /** Room that an entry takes. */
  public static int bytes(int nameLength) {
    return (NAME + nameLength + 7) & ~7;
  }

  /** Writes one; the room behind the name is cleared. */
  public static void write(
      MemorySegment s, long at, long inode, long offset, int type, byte[] name) {
    Fields.u64(s, at, inode);
    Fields.u64(s, at + 8, offset);
    Fields.u32(s, at + 16, name.length);
    Fields.u32(s, at + 20, type);
    if (name.length > 0) {
      // Padding lies in the last eight bytes; the name then covers what is not padding.
      Fields.u64(s, at + bytes(name.length) - 8, 0);
    }
    MemorySegment.copy(name, 0, s, ValueLayout.JAVA_BYTE, at + NAME, name.length);
  }

  public static long inode(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }

  public static long offset(MemorySegment s, long at) {
    return Fields.u64(s, at + 8);
  }

  public static int type(MemorySegment s, long at) {
    return Fields.u32(s, at + 20);
  }

  public static byte[] name(MemorySegment s, long at) {
    return s.asSlice(at + NAME, Fields.u32(s, at + 16)).toArray(ValueLayout.JAVA_BYTE);
  }
}
