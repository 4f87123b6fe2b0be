package io.troupe.gateway.fs;

import java.util.OptionalLong;

/**
 * What this client knows of its writes to one OSD that no sync has covered yet.
 *
 * @param incarnation by which the OSD acknowledged them; absent while none is acknowledged
 * @param lost some were acknowledged by one incarnation and some by another: the former are gone
 */
record Unsynced(OptionalLong incarnation, boolean lost) {
  static final Unsynced UNANSWERED = new Unsynced(OptionalLong.empty(), false);

  static Unsynced acknowledgedBy(long incarnation) {
    return new Unsynced(OptionalLong.of(incarnation), false);
  }

  /** Of both. */
  Unsynced and(Unsynced other) {
    if (incarnation.isEmpty()) {
      return new Unsynced(other.incarnation, lost || other.lost);
    }
    boolean differ = other.incarnation.isPresent() && !other.incarnation.equals(incarnation);
    boolean anyLost = lost || other.lost || differ;
    return anyLost == lost ? this : new Unsynced(incarnation, anyLost);
  }

  /** Whether a sync by that incarnation leaves any of them out. */
  boolean isLostTo(long synced) {
    return lost || (incarnation.isPresent() && incarnation.getAsLong() != synced);
  }
}
