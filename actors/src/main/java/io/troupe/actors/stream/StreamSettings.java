package io.troupe.actors.stream;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Of object streams.
 *
 * @param directory where media drivers keep their shared memory; best on a tmpfs
 * @param windowBytes payload that a client may have under way to one OSD; the OSD's memory for it
 *     is bounded by this
 * @param windowRequests requests likewise
 * @param maxQueued requests that may wait for the window; beyond it they are refused with EBUSY
 * @param silence after so long without a word the other end counts as dead
 */
public record StreamSettings(
    Path directory,
    int windowBytes,
    int windowRequests,
    int maxQueued,
    Duration requestTimeout,
    Duration silence) {
  /**
   * Less than the publication window, which is half a term of 16 MiB: so an offer of what the
   * window allows finds room.
   */
  private static final int MAX_WINDOW_BYTES = 7 << 20;

  public StreamSettings {
    if (windowBytes < 2 << 20 || windowBytes > MAX_WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "troupe.stream.window must be 2 MiB to 7 MiB, not " + windowBytes + " bytes");
    }
  }

  /** Reads {@code troupe.stream}. */
  public static StreamSettings of(Config c) {
    return new StreamSettings(
        Path.of(c.getString("directory")),
        Math.toIntExact(c.getBytes("window")),
        c.getInt("window-requests"),
        c.getInt("max-queued"),
        c.getDuration("request-timeout"),
        c.getDuration("silence"));
  }
}
