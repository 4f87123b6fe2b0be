package io.troupe.lsm;

/**
 * What was found for the expectations of a batch before it was queued, so that the log thread only
 * has to look at what came since.
 *
 * @param asOf the newest sequence number that was looked at; -1 when nothing was
 * @param sequences for each expectation the sequence number of its key, 0 where it was absent
 */
record Observed(long asOf, long[] sequences) {

  static final Observed NOTHING = new Observed(-1, new long[0]);
}
