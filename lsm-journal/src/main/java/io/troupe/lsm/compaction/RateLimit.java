package io.troupe.lsm.compaction;

/**
 * How fast tables are written: a token bucket whose rate follows the backlog. Pure; for one thread
 * at a time.
 *
 * <p>A small backlog is worked off gently, so that syncs of the log seldom wait behind tables; a
 * growing one faster in proportion, before writers have to be slowed down. Flushes never wait, for
 * writers would wait with them; merges wait for what flushes took.
 */
public final class RateLimit {

  /** What merges get at least: little enough to leave most of a slow disk to others. */
  static final long MIN_BYTES_PER_SECOND = 64L << 20;

  /** In what time the backlog would be written at the rate that it sets. */
  private static final double BACKLOG_SECONDS = 0.5;

  /** What may be written at once after a pause. */
  static final long BURST_BYTES = 2L << 20;

  /** What a flush may take in advance, at most: otherwise a long one would stop merges. */
  private static final long MAX_DEBT_BYTES = 8L << 20;

  private double tokens = BURST_BYTES;
  private long at;
  private double rate = MIN_BYTES_PER_SECOND;

  public RateLimit(long nowNanos) {
    this.at = nowNanos;
  }

  /** A flush wrote. */
  public void flushed(long bytes, long nowNanos) {
    refill(nowNanos);
    tokens = Math.max(tokens - bytes, Math.min(tokens, -MAX_DEBT_BYTES));
  }

  /**
   * A merge wrote.
   *
   * @param backlogBytes what merges have to do
   * @return for how many nanoseconds it has to pause
   */
  public long merged(long bytes, long backlogBytes, long nowNanos) {
    refill(nowNanos);
    rate = Math.max(MIN_BYTES_PER_SECOND, backlogBytes / BACKLOG_SECONDS);
    tokens -= bytes;
    return tokens >= 0 ? 0 : (long) (-tokens / rate * 1e9);
  }

  private void refill(long nowNanos) {
    tokens = Math.min(BURST_BYTES, tokens + Math.max(0, nowNanos - at) / 1e9 * rate);
    at = nowNanos;
  }
}
