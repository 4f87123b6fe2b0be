package io.troupe.osd.replica;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One buffer a disk thread: blocks are read whole into it before a part of them is answered. */
final class Scratch {
  /** The largest object, and a block more for a range that begins within one. */
  private static final long BYTES = (1 << 20) + 4096;

  private static final ThreadLocal<MemorySegment> BUFFER =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BYTES, 4096));

  private Scratch() {}

  static MemorySegment ofThisThread() {
    return BUFFER.get();
  }
}
