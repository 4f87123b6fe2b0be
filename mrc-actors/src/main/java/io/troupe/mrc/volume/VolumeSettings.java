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
    MetadataDurability durability) {

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

  /** Reads {@code troupe.mrc}. */
  public static VolumeSettings of(Config c) {
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
        MetadataDurability.of(c));
  }
}
