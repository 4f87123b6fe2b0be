package io.troupe.actors.volume;

import java.util.UUID;

/**
 * Names one change that a client wants, over all its attempts. A client uses some places, each for
 * one change at a time; who carries changes out remembers the last one of each place, which is why
 * what there is to remember does not grow.
 *
 * @param client one life of one client, drawn at random
 * @param place 0..{@link #PLACES} - 1
 * @param number from 1 on, growing with each change of that place
 */
public record OperationId(UUID client, int place, long number) {
  /** Changes that a client may have under way. */
  public static final int PLACES = 1 << 16;

  public OperationId {
    if (place < 0 || place >= PLACES || number < 1) {
      throw new IllegalArgumentException("no change has place " + place + ", number " + number);
    }
  }
}
