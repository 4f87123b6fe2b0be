package io.troupe.sharding.directory;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What the DIR counts as gone, and how much it takes on.
 *
 * @param offlineAfter a service that was silent for longer is offline
 * @param forgetAfter a service that was silent for longer and can hold nothing is dropped
 * @param maxServices registrations beyond it are refused
 */
public record DirectoryLimits(Duration offlineAfter, Duration forgetAfter, int maxServices) {
  public DirectoryLimits {
    if (maxServices < 1) {
      throw new IllegalArgumentException("maxServices must be positive: " + maxServices);
    }
  }

  /** Of the section {@code troupe.directory}. */
  public static DirectoryLimits of(Config c) {
    return new DirectoryLimits(
        c.getDuration("offline-after"), c.getDuration("forget-after"), c.getInt("max-services"));
  }
}
