package io.troupe.fuse.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** Native memory in pieces, used again when they are given back, never returned. */
final class Chunks {
  static final int BYTES = 1 << 17;

  private static final int PER_SLAB = 128;

  private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();

  synchronized MemorySegment take() {
    if (free.isEmpty()) {
      MemorySegment slab = Arena.ofAuto().allocate((long) BYTES * PER_SLAB, 4096);
      for (int i = 0; i < PER_SLAB; i++) {
        free.addLast(slab.asSlice((long) i * BYTES, BYTES));
      }
    }
    return free.removeFirst();
  }

  synchronized void give(MemorySegment chunk) {
    chunk.fill((byte) 0);
    free.addFirst(chunk);
  }
}
