package io.troupe.lsm;

/**
 * What a store did since it was opened, and holds now. Write amplification is (walBytes +
 * flushedBytes + compactionWrittenBytes) / walBytes, about.
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
 * @param snapshots how many are open
 * @param oldestSnapshot what the oldest one pins; lastSequence when none is open
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
    int snapshots,
    long oldestSnapshot) {}
