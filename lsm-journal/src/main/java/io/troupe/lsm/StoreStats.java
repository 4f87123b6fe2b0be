package io.troupe.lsm;

/**
 * What a store did since it was opened, and holds now.
 *
 * @param lastSequence sequence number of the newest visible commit, 0 when there never was one
 * @param commits batches committed
 * @param groups writes of the log; commits / groups is the mean size of a group
 * @param syncs syncs of the log
 * @param queuedBytes bytes that wait for the log now
 */
public record StoreStats(
    long lastSequence, long commits, long groups, long syncs, long queuedBytes) {}
