package io.troupe.actors.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a Lease entity, one node's participant in one cell, is asked by the thing that needs the
 * lease.
 */
public sealed interface LeaseCommand {
  /**
   * Asks once for the lease on behalf of this participant's node. Asking again while holding it
   * renews it. Answered by {@link LeaseReply.Granted} or {@link LeaseReply.Refused}.
   *
   * @param view who takes part; an older one than is known here is refused
   * @param duration how long it is to be valid, at most {@code troupe.lease.duration}
   */
  record Acquire(CellId cell, CellView view, Duration duration, ActorRef<LeaseReply> replyTo)
      implements LeaseCommand {
    /** In a cell in which nobody else takes part. */
    public Acquire(CellId cell, Duration duration, ActorRef<LeaseReply> replyTo) {
      this(cell, CellView.ALONE, duration, replyTo);
    }
  }

  /**
   * Wins the lease as soon as it is free and renews it, until {@link Release} or the end of the
   * watcher. The watcher is told {@link LeaseReply.Granted} at every win and renewal, {@link
   * LeaseReply.Lost}, and {@link LeaseReply.Wanted}; {@link LeaseReply.Refused} at most once, when
   * somebody else has the lease now. Whoever asked last is the watcher.
   */
  record Hold(CellId cell, CellView view, Duration duration, ActorRef<LeaseReply> watcher)
      implements LeaseCommand {}

  /**
   * Gives the lease up at once, if it is still the one that was granted under that epoch: a release
   * that comes late must not end a lease that was won since. Whoever releases must not act under
   * the lease any more.
   */
  record Release(CellId cell, Epoch epoch) implements LeaseCommand {}

  /**
   * Asks the holder to release: its watcher is told {@link LeaseReply.Wanted}. Does nothing
   * elsewhere.
   *
   * @param successor the node that may come first
   */
  record HandOver(CellId cell, Optional<NodeId> successor) implements LeaseCommand {}

  /**
   * Ends a view, durably, so that another can begin: this participant neither holds nor votes for a
   * lease in it any more. Answered by {@link LeaseReply.Closed}. The next view may begin once a
   * majority of this one's members has answered and the latest of the times has passed.
   */
  record Close(CellId cell, CellView view, ActorRef<LeaseReply> replyTo) implements LeaseCommand {}

  /** Messages of the entity to itself; they never leave its node. */
  non-sealed interface Local extends LeaseCommand {}
}
