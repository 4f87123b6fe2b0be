package io.troupe.actors.lease;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;

/**
 * What the participants of a cell agree on: one node holds it under that epoch until a point of
 * time. Holder and epoch together name a lease; a renewal moves its end.
 *
 * @param until microseconds since 1970 of true time; {@link #GIVEN_BACK} once the holder gave it up
 */
public record Lease(NodeId holder, Epoch epoch, long until) {
  public static final long GIVEN_BACK = 0;

  public boolean isSameAs(Lease o) {
    return epoch.equals(o.epoch) && holder.equals(o.holder);
  }

  public boolean isGivenBack() {
    return until == GIVEN_BACK;
  }

  public Lease givenBack() {
    return new Lease(holder, epoch, GIVEN_BACK);
  }
}
