package io.troupe.sharding.group;

import io.troupe.actors.id.Epoch;
import java.time.Instant;

/**
 * Whether a member may act for its group.
 *
 * @param epoch under which the group's log serves here; NONE: it does not
 * @param until when it has to stop, by this node's clock; moved on as long as the lease is renewed
 */
public record Mastership(Epoch epoch, Instant until) {
  public static final Mastership NONE = new Mastership(Epoch.NONE, Instant.MIN);

  /** True while nobody else can act for the group. */
  public boolean isValid(Instant now) {
    return !epoch.equals(Epoch.NONE) && now.isBefore(until);
  }
}
