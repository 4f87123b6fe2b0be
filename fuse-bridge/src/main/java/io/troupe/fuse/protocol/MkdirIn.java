package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * MKDIR, {@code fuse_mkdir_in}; the name follows.
 *
 * <pre>
 *   0      4       8
 *   | mode | umask | name … NUL |
 * </pre>
 */
public final class MkdirIn {
  public static final int BYTES = 8;

  private MkdirIn() {}

  public static int mode(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }
}
