package io.troupe.lease.flease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;

/** What a node's leases tell those on the same node. Times are microseconds of its clock. */
public sealed interface LeaseEvent {
  /**
   * This node holds the lease, newly or for longer.
   *
   * @param until it must not act after that
   */
  record Granted(CellId cell, Epoch epoch, long until) implements LeaseEvent {}

  /** Answers who asked for the lease; who asked to keep it is told when it comes. */
  record Refused(CellId cell, String reason, long retryAt) implements LeaseEvent {}

  /** The lease has ended, or its view was closed. */
  record Lost(CellId cell, Epoch epoch) implements LeaseEvent {}

  /** Others speak of a cell that is not open here: {@link LeaseNode#open} is asked for. */
  record Unopened(CellId cell) implements LeaseEvent {}

  /** The clock of that node and this one's are further apart than two drifts: leases are unsafe. */
  record ClocksApart(NodeId node, long micros) implements LeaseEvent {}
}
