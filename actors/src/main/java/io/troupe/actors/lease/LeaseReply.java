package io.troupe.actors.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import java.time.Instant;

/** What a Lease entity answers. */
public sealed interface LeaseReply {
  /**
   * The asker holds the lease.
   *
   * @param epoch raised each time that the lease is won anew, kept when it is renewed
   * @param until end of validity by this node's clock
   */
  record Granted(CellId cell, Epoch epoch, Instant until) implements LeaseReply {}

  /** Not now: somebody else holds it, or this participant must stay mute for a while. */
  record Refused(CellId cell, String reason, Instant retryAt) implements LeaseReply {}

  /** The lease has ended: whoever held it must not act under that epoch any more. */
  record Lost(CellId cell, Epoch epoch) implements LeaseReply {}

  /** The holder is asked to come to an end and send {@link LeaseCommand.Release}. */
  record Wanted(CellId cell, Epoch epoch) implements LeaseReply {}

  /**
   * The view is closed here.
   *
   * @param freeAt when all leases of the view have ended, as far as this participant knows, by the
   *     clock of whoever asked
   */
  record Closed(CellId cell, long view, Instant freeAt) implements LeaseReply {}
}
