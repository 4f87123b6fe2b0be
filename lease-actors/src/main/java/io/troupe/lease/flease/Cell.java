package io.troupe.lease.flease;

import io.troupe.actors.id.CellId;
import org.jspecify.annotations.Nullable;

/** One cell at one node. An idle one is little more than its acceptor. */
final class Cell extends Wheel.Timer {
  final CellId id;
  final Acceptor acceptor;

  /** Only where this node has wanted the lease since the cell was opened. */
  @Nullable Proposer proposer;

  Cell(CellId id, Acceptor acceptor) {
    this.id = id;
    this.acceptor = acceptor;
  }
}
