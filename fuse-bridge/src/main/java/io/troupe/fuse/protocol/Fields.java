package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads and writes single fields. Offsets need no alignment. */
final class Fields {
  private Fields() {}

  static int u32(MemorySegment s, long at) {
    return s.get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  static long u64(MemorySegment s, long at) {
    return s.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  static int u16(MemorySegment s, long at) {
    return Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
  }

  static void u32(MemorySegment s, long at, int value) {
    s.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  static void u64(MemorySegment s, long at, long value) {
    s.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
  }

  static void u16(MemorySegment s, long at, int value) {
    s.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
  }
}
