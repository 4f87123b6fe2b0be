package io.troupe.fuse.protocol;

import java.time.Duration;

/**
 * For how long the kernel may use an answer without asking again.
 *
 * @param seconds not negative
 * @param nanos 0..999,999,999
 */
public record Validity(long seconds, int nanos) {
  public static final Validity NONE = new Validity(0, 0);

  public static Validity of(Duration duration) {
    return new Validity(duration.toSeconds(), duration.toNanosPart());
  }

  public boolean isNone() {
    return seconds == 0 && nanos == 0;
  }
}
