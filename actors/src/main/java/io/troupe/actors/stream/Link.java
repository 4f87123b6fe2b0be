package io.troupe.actors.stream;

import java.util.concurrent.Executor;

/**
 * A client's way to one OSD. Except {@link #submit}, {@link #hasEnded} and {@link #isReplaceable},
 * all is for the client's one polling thread.
 */
interface Link {
  /** Takes a request in from any thread; sends it now or later, or answers it with a failure. */
  void submit(Pending pending);

  /** One round of the duty cycle; the work done. */
  long poll(long now);

  /** What the poller has to expect of it. */
  PollerIdle.Outlook outlook();

  boolean hasEnded();

  /** Why it has ended. */
  String end();

  /** It has ended and another attempt may be made. */
  boolean isReplaceable(long now);

  /**
   * Tells all who wait; nothing is written to their memory any more.
   *
   * @param blocking for what may wait for a driver
   */
  void close(String why, Executor blocking);
}
