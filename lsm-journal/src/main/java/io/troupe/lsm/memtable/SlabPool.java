package io.troupe.lsm.memtable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Slabs of native memory for memtables, used again rather than allocated anew: fresh memory costs
 * zeroing and page faults. Thread-safe.
 *
 * <p>A slab is given back only when no view holds its memtable any more, so nobody reads it. What
 * the pool has no use for is left to the garbage collector: memory is never unmapped while anything
 * refers to it, so that even a reader that outlived its view reads wrong bytes and not no memory.
 * In tests (wherever assertions are on) a slab is overwritten when it is given back, so that such a
 * reader is found out.
 */
public final class SlabPool {

  private static final int MAX_SLAB_BYTES = 1 << 20;
  private static final int MIN_SLAB_BYTES = 512;

  /** A memtable has about this many slabs: what the last ones have left over is little then. */
  private static final int SLABS = 16;

  private static final int ALIGNMENT = 64; // cache lines
  private static final boolean POISON = SlabPool.class.desiredAssertionStatus();
  private static final byte POISONED = (byte) 0xdb;

  private final int slabBytes;
  private final int maxSpare;
  private final Deque<MemorySegment> spare = new ArrayDeque<>();

  /**
   * @param memtableBytes size at which memtables are frozen: as much is kept for the next one
   */
  public SlabPool(long memtableBytes) {
    long wanted = Long.highestOneBit(Math.max(1, memtableBytes / SLABS));
    this.slabBytes = Math.clamp(wanted, MIN_SLAB_BYTES, MAX_SLAB_BYTES);
    this.maxSpare = (int) Math.min(1024, memtableBytes / slabBytes + 2);
  }

  /** Size of a slab, a power of two. */
  int slabBytes() {
    return slabBytes;
  }

  /** A slab; what is in it is undefined. */
  MemorySegment take() {
    synchronized (this) {
      MemorySegment used = spare.poll();
      if (used != null) {
        return used;
      }
    }
    return fresh(slabBytes);
  }

  /** Memory of another size, which does not come back. */
  static MemorySegment fresh(long bytes) {
    return Arena.ofAuto().allocate(bytes, ALIGNMENT);
  }

  /** Takes back what nobody reads any more. */
  void giveBack(MemorySegment slab) {
    if (POISON) {
      slab.fill(POISONED);
    }
    synchronized (this) {
      if (slab.byteSize() == slabBytes && spare.size() < maxSpare) {
        spare.add(slab);
      }
    }
  }

  /** How many slabs wait to be used again. */
  synchronized int spare() {
    return spare.size();
  }
}
