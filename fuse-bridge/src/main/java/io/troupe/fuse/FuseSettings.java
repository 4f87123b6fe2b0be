package io.troupe.fuse;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Settings of a mount: section {@code troupe.fuse} of {@code application.conf}, where each is
 * documented.
 *
 * @param volume name of what is mounted; shows in the table of mounts
 * @param threads that read requests, at least 1
 * @param requests under way at once, more than {@code threads}
 * @param keepCache keep a file's pages across opens while the file is unchanged
 * @param autoInvalidate drop pages of open files whose attributes show a change
 * @param readAheadBytes 0 leaves the kernel's default
 * @param allowOther empty: if root mounts
 */
public record FuseSettings(
    String volume,
    int threads,
    int requests,
    Duration entryTimeout,
    Duration attributeTimeout,
    Duration negativeTimeout,
    boolean keepCache,
    boolean autoInvalidate,
    long readAheadBytes,
    Optional<Boolean> allowOther,
    boolean nosuid,
    boolean nodev,
    Duration unmountTimeout) {

  private static final int MAX_THREADS = 256;
  private static final int MAX_REQUESTS = 4096;

  public FuseSettings {
    check(!volume.isEmpty() && volume.indexOf('\0') < 0, "the volume has no name");
    check(threads >= 1 && threads <= MAX_THREADS, "threads must be 1.." + MAX_THREADS);
    check(
        requests > threads && requests <= MAX_REQUESTS,
        "requests must be more than threads and at most " + MAX_REQUESTS);
    check(!entryTimeout.isNegative(), "entry-timeout must not be negative");
    check(!attributeTimeout.isNegative(), "attribute-timeout must not be negative");
    check(!negativeTimeout.isNegative(), "negative-timeout must not be negative");
    check(readAheadBytes >= 0, "read-ahead must not be negative");
    check(unmountTimeout.isPositive(), "unmount-timeout must be positive");
  }

  /**
   * Parses the section.
   *
   * @param fuse the section {@code troupe.fuse}
   * @throws ConfigException if a key is missing or of the wrong type
   * @throws IllegalArgumentException if a value is out of range
   */
  public static FuseSettings parse(Config fuse, String volume) {
    int threads = fuse.getInt("threads");
    return new FuseSettings(
        volume,
        threads == 0 ? Math.max(2, Runtime.getRuntime().availableProcessors()) : threads,
        fuse.getInt("requests"),
        fuse.getDuration("entry-timeout"),
        fuse.getDuration("attribute-timeout"),
        fuse.getDuration("negative-timeout"),
        fuse.getBoolean("keep-cache"),
        fuse.getBoolean("auto-invalidate"),
        fuse.getBytes("read-ahead"),
        allowOther(fuse.getString("allow-other")),
        fuse.getBoolean("nosuid"),
        fuse.getBoolean("nodev"),
        fuse.getDuration("unmount-timeout"));
  }

  private static Optional<Boolean> allowOther(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> Optional.empty();
      case "true", "yes", "on" -> Optional.of(true);
      case "false", "no", "off" -> Optional.of(false);
      default ->
          throw new IllegalArgumentException(
              "troupe.fuse: allow-other must be auto, true or false, not " + text);
    };
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("troupe.fuse: " + otherwise);
    }
  }
}
