package io.troupe.lsm.group;

/**
 * How much of the log is kept that is applied already: what is more is dropped, and who lags so far
 * behind gets a snapshot.
 */
public record LogLimits(long entries, long bytes) {

  public LogLimits {
    if (entries < 1 || bytes < 1) {
      throw new IllegalArgumentException("the limits of a log must be positive");
    }
  }
}
