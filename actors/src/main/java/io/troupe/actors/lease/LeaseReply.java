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
}
