package io.troupe.osd;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Of the OSD.
 *
 * @param segmentBytes size of a segment file
 * @param reserveBytes free disk space that is kept for everything but data
 * @param blockMapCacheBytes memory for where the blocks of unchanged objects lie, of all files
 * @param syncInterval at the latest so long after a write it is made durable, asked or not
 * @param maxDirtyObjects changed objects of one file that begin a sync
 * @param maxActive Replica entities alive at a time
 */
public record OsdSettings(
    long segmentBytes,
    long reserveBytes,
    long blockMapCacheBytes,
    Duration syncInterval,
    int maxDirtyObjects,
    int maxWaiting,
    int maxActive) {
  private static final long MIN_SEGMENT_BYTES = 1 << 20;
  private static final long MIN_BLOCK_MAP_CACHE_BYTES = 1 << 20;

  public OsdSettings {
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "troupe.osd.segment-size must be a multiple of 4 KiB from 1 MiB on, not " + segmentBytes);
    }
    if (blockMapCacheBytes < MIN_BLOCK_MAP_CACHE_BYTES
        || blockMapCacheBytes > Runtime.getRuntime().maxMemory() / 2) {
      throw new IllegalArgumentException(
          "troupe.osd.block-map-cache must be from 1 MiB to half of the heap, not "
              + blockMapCacheBytes
              + " bytes");
    }
  }

  /** Reads {@code troupe.osd}. */
  public static OsdSettings of(Config c) {
    return new OsdSettings(
        c.getBytes("segment-size"),
        c.getBytes("reserve"),
        c.getBytes("block-map-cache"),
        c.getDuration("sync-interval"),
        c.getInt("max-dirty-objects"),
        c.getInt("max-waiting"),
        c.getInt("max-active"));
  }
}
