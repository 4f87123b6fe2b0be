package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * What the kernel offers, {@code fuse_init_in}.
 *
 * @param flags both words
 */
public record InitIn(int major, int minor, int maxReadAheadBytes, long flags) {
  private static final int WITH_SECOND_WORD = 20;

  /**
   * Reads one.
   *
   * <pre>
   *   0       4       8               12      16       20
   *   | major | minor | max readahead | flags | flags2 | … |
   * </pre>
   *
   * @param length of the body; kernels before 5.17 send 16 bytes
   */
  public static InitIn read(MemorySegment s, long at, int length) {
    long flags = Integer.toUnsignedLong(Fields.u32(s, at + 12));
    if ((flags & InitFlags.INIT_EXT) != 0 && length >= WITH_SECOND_WORD) {
      flags |= Integer.toUnsignedLong(Fields.u32(s, at + 16)) << 32;
    }
    return new InitIn(Fields.u32(s, at), Fields.u32(s, at + 4), Fields.u32(s, at + 8), flags);
  }
}
