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
 * @param connectTimeout requests to an OSD that was not reached within this time fail
 * @param sendTimeout an end that takes in nothing for this long counts as dead
 * @param maxPeers clients of an OSD; more are refused
 */
public record StreamSettings(
    Path directory,
    int windowBytes,
    int windowRequests,
    int maxQueued,
    Duration requestTimeout,
    Duration silence,
    Duration connectTimeout,
    Duration sendTimeout,
    int maxPeers) {
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
    positive("window-requests", windowRequests);
    positive("max-queued", maxQueued);
    positive("max-peers", maxPeers);
    positive("request-timeout", requestTimeout.toMillis());
    positive("silence", silence.toMillis());
    positive("connect-timeout", connectTimeout.toMillis());
    positive("send-timeout", sendTimeout.toMillis());
  }

  private static void positive(String key, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("troupe.stream." + key + " must be more than 0");
    }
  }

  /** How often a client makes itself heard. */
  Duration pingInterval() {
    return silence.dividedBy(3);
  }

  /** Reads {@code troupe.stream}. */
  public static StreamSettings of(Config c) {
    return new StreamSettings(
        Path.of(c.getString("directory")),
        Math.toIntExact(c.getBytes("window")),
        c.getInt("window-requests"),
        c.getInt("max-queued"),
        c.getDuration("request-timeout"),
        c.getDuration("silence"),
        c.getDuration("connect-timeout"),
        c.getDuration("send-timeout"),
        c.getInt("max-peers"));
  }
}
