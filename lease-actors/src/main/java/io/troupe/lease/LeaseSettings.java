package io.troupe.lease;

import com.typesafe.config.Config;
import io.troupe.lease.flease.Limits;
import io.troupe.lease.flease.Timing;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * {@code troupe.lease}.
 *
 * @param tick how often a node looks what is due
 * @param handOverLimit how long a node that stops waits for those who hold leases
 */
public record LeaseSettings(Timing timing, Limits limits, Duration tick, Duration handOverLimit) {
  /** Who asks beyond that, while the first is not answered, is refused. */
  static final int MAX_ASKING = 64;

  /**
   * Reads and checks them.
   *
   * @throws IllegalArgumentException if leases are too short for the clocks and the network
   */
  public static LeaseSettings of(Config c) {
    Timing timing =
        new Timing(
            micros(c, "duration"),
            micros(c, "clock-drift"),
            micros(c, "message-timeout"),
            c.getInt("retries"));
    int cells = c.getInt("max-cells");
    return new LeaseSettings(
        timing,
        new Limits(cells, cells, Math.max(c.getInt("max-queued"), 1), c.getInt("max-batch")),
        c.getDuration("tick"),
        c.getDuration("hand-over-limit"));
  }

  private static long micros(Config c, String key) {
    return c.getDuration(key, TimeUnit.MICROSECONDS);
  }
}
