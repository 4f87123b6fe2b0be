package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * RENAME, {@code fuse_rename_in}, and RENAME2, {@code fuse_rename2_in}; old and new name follow.
 *
 * <pre>
 *   RENAME    0               8
 *             | new directory | name … NUL | name … NUL |
 *   RENAME2   0               8       12        16
 *             | new directory | flags | padding | name … NUL | name … NUL |
 * </pre>
 */
public final class RenameIn {
  public static final int BYTES = 8;
  public static final int BYTES_WITH_FLAGS = 16;

  public static final int NO_REPLACE = 1;
  public static final int EXCHANGE = 2;

  private RenameIn() {}

  public static long newDirectory(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }

  /** Of RENAME2: as given to renameat2(2). */
  public static int flags(MemorySegment s, long at) {
    return Fields.u32(s, at + 8);
  }
}
