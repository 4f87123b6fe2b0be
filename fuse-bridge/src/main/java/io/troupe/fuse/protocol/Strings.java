package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** NUL-terminated strings of bytes. */
public final class Strings {
  private Strings() {}

  /**
   * The bytes from {@code at} up to the first NUL, or up to {@code end} where there is none. The
   * next string starts at {@code at + length + 1}.
   */
  public static byte[] read(MemorySegment s, long at, long end) {
    long stop = at;
    while (stop < end && s.get(ValueLayout.JAVA_BYTE, stop) != 0) {
      stop++;
    }
    byte[] bytes = new byte[(int) (stop - at)];
    MemorySegment.copy(s, ValueLayout.JAVA_BYTE, at, bytes, 0, bytes.length);
    return bytes;
  }
}
