package io.troupe.lsm.pekko.follow;

import java.util.List;

/**
 * What one read found.
 *
 * @param position up to where everything was looked at; the next read goes on behind it
 */
public record Page<T>(List<T> elements, long position, Then then) {
  /** How it goes on. */
  public enum Then {
    /** There may be more right now. */
    READ_ON,
    /** There was no more at the time of reading. */
    WAIT,
    /** There will be no more. */
    END
  }
}
