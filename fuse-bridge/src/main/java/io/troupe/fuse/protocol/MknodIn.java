package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * MKNOD, {@code fuse_mknod_in}; the name follows.
 *
 * <pre>
 *   0      4      8       12        16
 *   | mode | rdev | umask | padding | name … NUL |
 * </pre>
 */
public final class MknodIn {
  public static final int BYTES = 16;

  private MknodIn() {}

  public static int mode(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static int rdev(MemorySegment s, long at) {
    return Fields.u32(s, at + 4);
  }
}
