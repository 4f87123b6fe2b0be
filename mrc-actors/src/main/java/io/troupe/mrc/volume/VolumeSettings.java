package io.troupe.mrc.volume;

import com.typesafe.config.Config;
import io.troupe.actors.volume.MetadataDurability;
import java.time.Duration;

/**
 * Of the MRC's entities.
 *
 * @param maxBatch operations committed together
 * @param maxPending operations that may wait; beyond it they are refused with EAGAIN
 * @param maxOpens opens that a Volume counts by itself; File entities count those beyond
 * @param reapAtOnce files whose objects are deleted at a time
 * @param reapInterval how often deletions that failed are tried again
 * @param reopenGrace how long after its begin a Volume takes every file for one that may be open
 */
public record VolumeSettings(
    int maxBatch,
    int maxPending,
    int maxOpens,
    int reapAtOnce,
    Duration reapInterval,
    Duration leaseDuration,
    Duration requestTimeout,
    int maxActiveVolumes,
    int maxActiveFiles,
    MetadataDurability durability,
    Duration reopenGrace) {
  private static final Duration GRACE = Duration.ofSeconds(15);

  /** Space is not given back before. */
  private static final Duration MAX_GRACE = Duration.ofMinutes(10);

  /** With the usual time for clients to tell what they have open. */
  public VolumeSettings(
      int maxBatch,
      int maxPending,
      int maxOpens,
      int reapAtOnce,
      Duration reapInterval,
      Duration leaseDuration,
      Duration requestTimeout,
      int maxActiveVolumes,
      int maxActiveFiles,
      MetadataDurability durability) {
    this(
        maxBatch,
        maxPending,
        maxOpens,
        reapAtOnce,
        reapInterval,
        leaseDuration,
        requestTimeout,
        maxActiveVolumes,
        maxActiveFiles,
        durability,
        GRACE);
  }

  /** Where each change is on the disk before it is acknowledged. */
  public VolumeSettings(
      int maxBatch,
      int maxPending,
      int maxOpens,
      int reapAtOnce,
      Duration reapInterval,
      Duration leaseDuration,
      Duration requestTimeout,
      int maxActiveVolumes,
      int maxActiveFiles) {
    this(
        maxBatch,
        maxPending,
        maxOpens,
        reapAtOnce,
        reapInterval,
        leaseDuration,
        requestTimeout,
        maxActiveVolumes,
        maxActiveFiles,
        MetadataDurability.ALWAYS);
  }

  /**
   * Reads {@code troupe.mrc}.
   *
   * @param troupe with {@code gateway}, too: clients have to notice a begin in time
   */
  public static VolumeSettings of(Config troupe) {
    Config c = troupe.getConfig("mrc");
    Duration grace = c.getDuration("reopen-grace");
    // A client asks, is told, and tells; one attempt may be lost.
    Duration least =
        troupe
            .getDuration("gateway.report-interval")
            .multipliedBy(2)
            .plus(troupe.getDuration("gateway.metadata-attempt").multipliedBy(2));
    if (grace.compareTo(least) < 0 || grace.compareTo(MAX_GRACE) > 0) {
      throw new IllegalArgumentException(
          "troupe.mrc.reopen-grace must be %d ms (twice troupe.gateway.report-interval and twice"
                  .formatted(least.toMillis())
              + " metadata-attempt) to %d ms, not %d ms"
                  .formatted(MAX_GRACE.toMillis(), grace.toMillis()));
    }
    return new VolumeSettings(
        c.getInt("max-batch"),
        c.getInt("max-pending"),
        c.getInt("max-opens"),
        c.getInt("reap-at-once"),
        c.getDuration("reap-interval"),
        c.getDuration("lease-duration"),
        c.getDuration("request-timeout"),
        c.getInt("max-active-volumes"),
        c.getInt("max-active-files"),
        MetadataDurability.of(c),
        grace);
  }
}
