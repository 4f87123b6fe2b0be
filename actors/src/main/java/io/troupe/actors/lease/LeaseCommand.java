package io.troupe.actors.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a Lease entity, one node's participant in one cell, is asked by the thing that needs the
 * lease.
 */
public sealed interface LeaseCommand {
  /**
   * Asks for the lease on behalf of this participant's node. Asking again while holding it renews
   * it.
   *
   * @param duration how long it is to be valid
   */
  record Acquire(CellId cell, Duration duration, ActorRef<LeaseReply> replyTo)
      implements LeaseCommand {}

  /**
   * Gives the lease up at once, if it is still the one that was granted under that epoch: a release
   * that comes late must not end a lease that was won since.
   */
  record Release(CellId cell, Epoch epoch) implements LeaseCommand {}

  /** Messages of the entity to itself; they never leave its node. */
  non-sealed interface Local extends LeaseCommand {}
}
