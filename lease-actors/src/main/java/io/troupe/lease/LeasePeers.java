package io.troupe.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseBatch;

/** How the leases of a node reach other nodes, and the Lease entities of their own. */
public interface LeasePeers {
  /** Sends, or drops where the node cannot be reached now. */
  void send(NodeId to, LeaseBatch batch);

  /** Starts this node's Lease entity of a cell, which opens the cell. */
  void wake(CellId cell);
}
