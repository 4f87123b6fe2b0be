package io.troupe.lsm;

import java.util.List;

/**
 * What a store did since it was opened, and holds now. Costs a few microseconds to take.
 *
 * @param lastSequence sequence number of the newest visible commit, 0 when there never was one
 * @param commits batches committed
 * @param groups writes of the log; commits / groups is the mean size of a group
 * @param syncs syncs of the log for groups
 * @param queuedBytes bytes that wait for the log now
 * @param walBytes bytes written to the log
 * @param flushedBytes bytes of tables written from memtables
 * @param compactionReadBytes bytes of tables read by compactions
 * @param compactionWrittenBytes bytes of tables written by compactions
 * @param memtableBytes bytes in memory that are not in tables yet
 * @param frozenMemtables memtables that wait to be flushed
 * @param maxLevel0 tables on level 0 of the index that has most
 * @param tables how many tables there are
 * @param tableBytes their size
 * @param blockCacheBytes bytes of blocks in memory
 * @param freeBytes free space of the disk when it was last looked at
 * @param pendingCompactionBytes about how many bytes have to be merged until no level is too large
 * @param snapshots how many are open
 * @param oldestSnapshot what the oldest one pins; lastSequence when none is open
 * @param oldestSnapshotNanos for how long it has been open; 0 when none is
 * @param levels the levels that have tables, from 0 on
 * @param cacheHits blocks that reads found in memory
 * @param cacheMisses blocks that reads had to get from the disk
 * @param stallNanos for how long the log was held back until background work caught up
 * @param walSegments segments of the log that a start would read
 * @param conflicts batches refused because a key was not as they expected
 */
public record StoreStats(
    long lastSequence,
    long commits,
    long groups,
    long syncs,
    long queuedBytes,
    long walBytes,
    long flushedBytes,
    long compactionReadBytes,
    long compactionWrittenBytes,
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
    List<LevelStats> levels,
    long cacheHits,
    long cacheMisses,
    long stallNanos,
    long walSegments,
    long conflicts) {

  /**
   * The tables of one level, of all indices.
   *
   * @param level 0 is what was flushed, higher ones were merged
   * @param tables how many there are
   * @param bytes their size
   */
  public record LevelStats(int level, int tables, long bytes) {}

  /** Bytes written to the disk for each byte written to the log; 1 when nothing was. */
  public double writeAmplification() {
    return walBytes == 0
        ? 1
        : (double) (walBytes + flushedBytes + compactionWrittenBytes) / walBytes;
  }
}
