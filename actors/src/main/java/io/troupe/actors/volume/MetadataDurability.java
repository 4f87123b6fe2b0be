package io.troupe.actors.volume;

import com.typesafe.config.Config;
import java.time.Duration;

/** When a change of metadata is on the disk, {@code troupe.mrc.durability}. */
public enum MetadataDurability {
  /** Before it is acknowledged. */
  ALWAYS,
  /**
   * Within {@code troupe.mrc.sync-interval}, or before who asks for it is answered. Acknowledged
   * changes are with the operating system: the end of the process takes none of them.
   */
  INTERVAL;

  private static final Duration SHORTEST = Duration.ofMillis(10);

  /** With it, a partition makes fewer files in an interval than it passes over numbers. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /**
   * Reads {@code troupe.mrc.durability}.
   *
   * @param mrc the section {@code troupe.mrc}
   * @throws IllegalArgumentException for anything but "always" and "interval"
   */
  public static MetadataDurability of(Config mrc) {
    String text = mrc.getString("durability");
    return switch (text) {
      case "always" -> ALWAYS;
      case "interval" -> INTERVAL;
      default ->
          throw new IllegalArgumentException(
              "troupe.mrc.durability must be always or interval, not " + text);
    };
  }

  /**
   * Reads {@code troupe.mrc.sync-interval}.
   *
   * @param mrc the section {@code troupe.mrc}
   * @throws IllegalArgumentException where it is not 10 ms to 1 min
   */
  public static Duration syncInterval(Config mrc) {
    Duration interval = mrc.getDuration("sync-interval");
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "troupe.mrc.sync-interval must be %d ms to %d ms, not %d ms"
              .formatted(SHORTEST.toMillis(), LONGEST.toMillis(), interval.toMillis()));
    }
    return interval;
  }
}
