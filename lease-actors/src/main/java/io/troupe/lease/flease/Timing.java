package io.troupe.lease.flease;

/**
 * The times that the protocol rests on, in microseconds. All nodes of a cluster have the same.
 *
 * @param maxLease no lease lasts longer
 * @param drift no node's clock is further from true time
 * @param timeout a message and its answer take no longer, as a rule; safety does not rest on it
 * @param retries rounds after the first before whoever asked is told that there is no majority
 */
public record Timing(long maxLease, long drift, long timeout, int retries) {
  public Timing {
    if (maxLease <= 0 || drift < 0 || timeout <= 0 || retries < 0) {
      throw new IllegalArgumentException(
          "times must be positive: lease %d µs, drift %d µs, timeout %d µs, %d retries"
              .formatted(maxLease, drift, timeout, retries));
    }
    long least = leastLease(drift, timeout);
    if (maxLease < least) {
      throw new IllegalArgumentException(
          ("a lease of %d ms is too short for clocks that may be %d ms off and messages that may take %d ms: it"
                  + " must last 7 times the drift and 6 times the message timeout, %d ms")
              .formatted(maxLease / 1000, drift / 1000, timeout / 1000, least / 1000));
    }
  }

  /**
   * The holder begins to renew when at least 3/8 of the time are left that it may act. In that time
   * a renewal may be lost (1 timeout) and a whole round follow (2 timeouts), whose lease every
   * acceptor still takes for valid although its clock is 2 drifts ahead; and 1 drift is cut off at
   * the end. The rest is for rounding.
   */
  static long leastLease(long drift, long timeout) {
    return 7 * drift + 6 * timeout;
  }

  /**
   * What a participant has forgotten binds nobody any more in rounds that began so long after it:
   * one lease; one drift by which its end may lie in the future of the clock that set it; two by
   * which that clock and this may disagree on when a round began.
   */
  long mute() {
    return maxLease + 3 * drift;
  }

  /** An idle cell is forgotten after that: late enough that no round on its way is turned down. */
  long forgetAfter() {
    return mute() + 2 * drift + 4 * timeout;
  }
}
