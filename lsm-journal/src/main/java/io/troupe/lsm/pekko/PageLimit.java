package io.troupe.lsm.pekko;

/** How much a stream reads at a time, and thus holds in memory: so many elements, or 1 MiB. */
record PageLimit(int elements) {
  private static final long MAX_BYTES = 1 << 20;

  PageLimit {
    if (elements < 1) {
      throw new IllegalArgumentException("page-size is " + elements + ", at least 1");
    }
  }

  boolean isReached(int found, long bytes) {
    return found >= elements || bytes >= MAX_BYTES;
  }
}
