package io.troupe.lsm;

/**
 * How fast writers may be while background work is behind. The rate falls by the same factor for
 * each step that it falls behind, and what counts as a step goes on within it: the memtable that
 * fills counts by how full it is, frozen as one, flushed as a table of level 0. So there is no
 * moment at which writers meet a wall, as long as they do not run into the limits themselves.
 */
final class WriteRate {

  static final long UNLIMITED = Long.MAX_VALUE;

  /** Where writers begin to be slowed down: little of what a disk takes. */
  private static final double FIRST_BYTES_PER_SECOND = 512 << 20;

  /** What is left of it at the limits. */
  private static final double LAST_BYTES_PER_SECOND = 1 << 20;

  /** Pending bytes at which they count, and at which they count for all: time of minutes. */
  private static final double SLOW_PENDING_BYTES = 8L << 30;

  private static final double STOP_PENDING_BYTES = 64L << 30;

  private WriteRate() {}

  /**
   * Bytes a second for writers.
   *
   * @param level0 tables on level 0 of the index that has most
   * @param frozen memtables that wait to be flushed
   * @param fill how much of the memtable is full, 0 to 1
   * @param pendingBytes what compactions have to write until all is in its place
   */
  static long bytesPerSecond(int level0, int frozen, double fill, long pendingBytes) {
    double memory = frozen + Math.min(1, fill);
    double behind =
        Math.max(
            part((double) pendingBytes, SLOW_PENDING_BYTES, STOP_PENDING_BYTES),
            Math.max(
                part(level0 + memory, CommitPath.LEVEL0_SLOW, CommitPath.LEVEL0_STOP),
                part(memory, CommitPath.SLOW_FROZEN, CommitPath.MAX_FROZEN + 1)));
    return behind <= 0
        ? UNLIMITED
        : (long)
            (FIRST_BYTES_PER_SECOND
                * Math.pow(LAST_BYTES_PER_SECOND / FIRST_BYTES_PER_SECOND, behind));
  }

  private static double part(double now, double from, double to) {
    return Math.min(1, (now - from) / (to - from));
  }
}
