package io.troupe.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long PIECE = 256 << 10;

  private final RateLimit limit = new RateLimit(0);
  private long now;

  @Test
  void writesASmallBacklogGentlyAndALargeOneFaster() {
    assertThat(written(1 << 20)).isBetween(60L << 20, 68L << 20);
    assertThat(written(100 << 20)).isBetween(190L << 20, 210L << 20);
  }

  @Test
  void letsABurstThroughAfterAPause() {
    now = 10 * SECOND;
    limit.merged(0, 0, now);

    assertThat(limit.merged(RateLimit.BURST_BYTES, 0, now)).isZero();
    assertThat(limit.merged(PIECE, 0, now)).isPositive();
  }

  @Test
  void mergesMakeRoomForAFlushButNotForLong() {
    limit.flushed(64 << 20, now);

    long pause = limit.merged(PIECE, 0, now);

    assertThat(pause).isBetween(SECOND / 10, SECOND / 5);
  }

  /** How much a merge that pauses as it is told writes in a second. */
  private long written(long backlog) {
    long bytes = 0;
    long end = now + SECOND;
    while (now < end) {
      now += limit.merged(PIECE, backlog, now);
      bytes += PIECE;
    }
    return bytes;
  }
}
