package io.troupe.lsm.table;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the bytes of blocks in memory. Each table keeps its blocks in an array by block number, so
 * that a hit is an array access without a lock; the cache only remembers in which order they came,
 * and gives each a second chance when it was read since.
 */
public final class BlockCache {

  private record Slot(AtomicReferenceArray<Block> blocks, int number, Block block) {}

  private final long maxBytes;
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private long bytes;

  public BlockCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Puts a block into its table's array, and others out of theirs. */
  synchronized void add(AtomicReferenceArray<Block> blocks, int number, Block block) {
    if (!blocks.compareAndSet(number, null, block)) {
      return;
    }
    slots.add(new Slot(blocks, number, block));
    bytes += block.bytes();
    while (bytes > maxBytes) {
      Slot oldest = slots.remove();
      if (oldest.block().referenced && slots.size() > 0) {
        oldest.block().referenced = false;
        slots.add(oldest);
      } else {
        oldest.blocks().set(oldest.number(), null);
        bytes -= oldest.block().bytes();
      }
    }
  }

  /** Forgets the blocks of a table that is closed. */
  synchronized void remove(AtomicReferenceArray<Block> blocks) {
    slots.removeIf(
        slot -> {
          if (slot.blocks() != blocks) {
            return false;
          }
          bytes -= slot.block().bytes();
          return true;
        });
  }

  /** A reader found its block in memory, or did not. */
  void asked(boolean hit) {
    (hit ? hits : misses).increment();
  }

  /** How many blocks were found in memory. */
  public long hits() {
    return hits.sum();
  }

  /** How many blocks had to be read from files. */
  public long misses() {
    return misses.sum();
  }

  /** How many bytes of blocks it holds. */
  public synchronized long bytes() {
    return bytes;
  }
}
