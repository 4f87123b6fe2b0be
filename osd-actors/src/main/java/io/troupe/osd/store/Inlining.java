package io.troupe.osd.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Which writes of one file go into the index itself, so that one sync makes them durable: those of
 * a sync that writes little in all. What is inline in an object is little, too: its record is
 * written anew with each of its syncs. For one thread at a time.
 */
final class Inlining {
  /** Of one sync, and of one object: 16 KiB. */
  static final int MAX_BLOCKS = 4;

  /** Blocks that all files of a store hold in memory until they are synced. */
  static final class Budget {
    private final int maxBlocks;
    private final AtomicLong held = new AtomicLong();

    Budget(int maxBlocks) {
      this.maxBlocks = maxBlocks;
    }

    /** Several threads may find the same room: each takes {@link #MAX_BLOCKS} at most. */
    boolean hasRoomFor(int blocks) {
      return held.get() + blocks <= maxBlocks;
    }

    long held() {
      return held.get();
    }
  }

  private final Budget budget;
  private int unsynced;
  private int committing;

  /** The next sync has to force a segment anyway. */
  private boolean appended;

  Inlining(Budget budget) {
    this.budget = budget;
  }

  /** Whether a write of these blocks of an object is to go inline. */
  boolean accepts(BlockMap map, int first, int last) {
    if (appended || last - first >= MAX_BLOCKS) {
      return false;
    }
    int inObject = map.inlineBlocks().size();
    int more = 0;
    for (int b = first; b <= last; b++) {
      inObject += map.isInline(b) ? 0 : 1;
      more += isUnsynced(map, b) ? 0 : 1;
    }
    return inObject <= MAX_BLOCKS && unsynced + more <= MAX_BLOCKS && budget.hasRoomFor(more);
  }

  static boolean isUnsynced(BlockMap map, int block) {
    return map.isInline(block) && map.isFresh(block);
  }

  /** A block has become inline that was not, or was synced. */
  void added() {
    unsynced++;
    budget.held.incrementAndGet();
  }

  /** A block that was inline and not synced has moved to a segment. */
  void removed() {
    unsynced--;
    budget.held.decrementAndGet();
  }

  /** Something was written to a segment. */
  void appended() {
    appended = true;
  }

  void beginCommit() {
    committing = unsynced;
    unsynced = 0;
    appended = false;
  }

  void committed() {
    budget.held.addAndGet(-committing);
    committing = 0;
  }

  void notCommitted() {
    unsynced += committing;
    committing = 0;
  }

  /** Nothing of it is kept in memory any more. */
  void forget() {
    budget.held.addAndGet(-(unsynced + committing));
    unsynced = 0;
    committing = 0;
    appended = false;
  }
}
