package io.troupe.lsm;

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
      int snapshots,
      long oldestSnapshot) {
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
        snapshots,
        oldestSnapshot);
  }
}
