package io.troupe.lsm.memtable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The memory of one memtable: slabs that are filled from start to end. One writer; readers follow
 * addresses that the writer published (release) and they read (acquire), and with that see the slab
 * and what was written there before.
 *
 * <p>An address is an int: the number of the slab and the place in it in units of eight bytes. 0 is
 * no address.
 */
final class Slabs {

  /** Addresses are multiples of this. */
  static final int UNIT_BYTES = 8;

  /** What is larger than this part of a slab gets memory of its own. */
  private static final int LARGE_PART = 4;

  /**
   * All memory. Access through it costs no look at a segment: for who has an address of these
   * slabs, and holds their memtable.
   */
  static final MemorySegment ALL = all();

  private final SlabPool pool;
  private final int shift;
  private final int mask;
  private final int large;
  private MemorySegment[] slabs = new MemorySegment[16];
  private long[] starts = new long[16]; // where they are
  private int count;
  private volatile long bytes;

  /** Filling of one slab after the other; things of a kind lie close together. */
  final class Filler {
    private int slab = -1;
    private int position;

    /** Room for so many bytes; returns its address. Writer only. */
    int allocate(int wanted) {
      int padded = (wanted + UNIT_BYTES - 1) & -UNIT_BYTES;
      if (padded > large) {
        return add(SlabPool.fresh(padded)) << shift;
      }
      if (slab < 0 || position + padded > pool.slabBytes()) {
        slab = add(pool.take());
        position = slab == 0 ? UNIT_BYTES : 0; // so that no address is 0
      }
      int address = slab << shift | position / UNIT_BYTES;
      position += padded;
      return address;
    }
  }

  Slabs(SlabPool pool) {
    this.pool = pool;
    this.shift = Integer.numberOfTrailingZeros(pool.slabBytes() / UNIT_BYTES);
    this.mask = (1 << shift) - 1;
    this.large = pool.slabBytes() / LARGE_PART;
  }

  /** The memory that has an address. */
  MemorySegment memory(int address) {
    return slabs[address >>> shift];
  }

  /** Where in {@link #memory} it is. */
  long offset(int address) {
    return (long) (address & mask) * UNIT_BYTES;
  }

  /** Where something is in {@link #ALL}; valid while these slabs are in use. */
  long place(int address) {
    return starts[address >>> shift] + (long) (address & mask) * UNIT_BYTES;
  }

  @SuppressWarnings("restricted")
  private static MemorySegment all() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /** How much memory there is, used or not. */
  long bytes() {
    return bytes;
  }

  /** Gives all of it back. Nobody may read any more. */
  void release() {
    for (int i = 0; i < count; i++) {
      pool.giveBack(slabs[i]);
    }
    slabs = new MemorySegment[0];
    starts = new long[0];
    count = 0;
  }

  private int add(MemorySegment slab) {
    if (count == 1 << (Integer.SIZE - 1 - shift)) {
      throw new IllegalStateException("a memtable with more than " + count + " slabs");
    }
    if (count == 0 && slab.byteSize() != pool.slabBytes()) {
      add(pool.take()); // a large thing is at the start of its memory, which must not be address 0
    }
    if (count == slabs.length) {
      slabs = Arrays.copyOf(slabs, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
    }
    slabs[count] = slab;
    starts[count] = slab.address();
    long more = bytes + slab.byteSize(); // one writer
    bytes = more;
    return count++;
  }
}
