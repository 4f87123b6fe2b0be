package io.troupe.lsm.pekko.follow;

import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.Sequence;

/** Offsets as positions. */
public final class Positions {
  private Positions() {}

  /** Behind which position a stream starts that was given an offset. */
  public static long of(Offset offset) {
    if (offset.equals(Offset.noOffset())) {
      return 0;
    }
    if (offset instanceof Sequence sequence) {
      return sequence.value();
    }
    throw new IllegalArgumentException(
        "offset " + offset + ": the offsets of this store are Sequence and NoOffset");
  }
}
