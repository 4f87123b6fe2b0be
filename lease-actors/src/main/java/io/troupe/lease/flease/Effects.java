package io.troupe.lease.flease;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseMessage;

/** What the state machine wants done; called while it is being called. */
interface Effects {
  void send(NodeId to, LeaseMessage message);

  void tell(LeaseEvent event);

  /** From 0 to below the bound: what keeps rivals from meeting again and again. */
  long random(long bound);
}
