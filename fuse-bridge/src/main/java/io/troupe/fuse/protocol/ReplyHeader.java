package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * What every reply starts with, {@code fuse_out_header}.
 *
 * <pre>
 *   0        4       8            16
 *   | length | error | unique u64 | body …
 * </pre>
 */
public final class ReplyHeader {
  public static final int BYTES = 16;

  private ReplyHeader() {}

  /**
   * Writes one.
   *
   * @param length of the whole reply, header included
   * @param error 0, or a negative error number
   */
  public static void write(MemorySegment s, long at, int length, int error, long unique) {
    Fields.u32(s, at, length);
    Fields.u32(s, at + 4, error);
    Fields.u64(s, at + 8, unique);
  }

  public static int length(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static int error(MemorySegment s, long at) {
    return Fields.u32(s, at + 4);
  }

  public static long unique(MemorySegment s, long at) {
    return Fields.u64(s, at + 8);
  }
}
