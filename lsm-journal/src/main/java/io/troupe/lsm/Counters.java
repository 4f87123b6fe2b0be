package io.troupe.lsm;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a store counts. Thread-safe. */
final class Counters {

  private final LongAdder commits = new LongAdder();
  private final LongAdder groups = new LongAdder();
  private final LongAdder syncs = new LongAdder();
  private final LongAdder walBytes = new LongAdder();
  private final LongAdder flushedBytes = new LongAdder();
  private final LongAdder compactionReadBytes = new LongAdder();
  private final LongAdder compactionWrittenBytes = new LongAdder();
  private final LongAdder stallNanos = new LongAdder();
  private final LongAdder conflicts = new LongAdder();

  void group(int size, boolean synced, long bytes) {
    commits.add(size);
    groups.increment();
    syncs.add(synced ? 1 : 0);
    walBytes.add(bytes);
  }

  void flushed(long bytes) {
    flushedBytes.add(bytes);
  }

  void compacted(long read, long written) {
    compactionReadBytes.add(read);
    compactionWrittenBytes.add(written);
  }

  /** The log was held back. */
  void stalled(long nanos) {
    stallNanos.add(nanos);
  }

  void conflicted(int batches) {
    conflicts.add(batches);
  }

  StoreStats stats(
      long lastSequence,
      long queuedBytes,
      long memtableBytes,
      int frozenMemtables,
      int maxLevel0,
      int tables,
      long tableBytes,
      long blockCacheBytes,
      long freeBytes,
      long pendingCompactionBytes,
      int snapshots,
      long oldestSnapshot,
      long oldestSnapshotNanos,
      List<StoreStats.LevelStats> levels,
      long cacheHits,
      long cacheMisses,
      long walSegments) {
    return new StoreStats(
        lastSequence,
        commits.sum(),
        groups.sum(),
        syncs.sum(),
        queuedBytes,
        walBytes.sum(),
        flushedBytes.sum(),
        compactionReadBytes.sum(),
        compactionWrittenBytes.sum(),
        memtableBytes,
        frozenMemtables,
        maxLevel0,
        tables,
        tableBytes,
        blockCacheBytes,
        freeBytes,
        pendingCompactionBytes,
        snapshots,
        oldestSnapshot,
        oldestSnapshotNanos,
        levels,
        cacheHits,
        cacheMisses,
        stallNanos.sum(),
        walSegments,
        conflicts.sum());
  }
}
