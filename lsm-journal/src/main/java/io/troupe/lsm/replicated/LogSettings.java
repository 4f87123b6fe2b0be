package io.troupe.lsm.replicated;

/**
 * How a log behaves.
 *
 * @param retryNanos after how long something unanswered is sent again
 * @param window how many entries may be on their way to a member
 */
public record LogSettings(long retryNanos, int window) {

  public LogSettings {
    if (retryNanos < 1 || window < 1) {
      throw new IllegalArgumentException("retry and window must be positive");
    }
  }
}
