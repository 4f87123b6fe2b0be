package io.troupe.actors.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import java.util.Optional;

/**
 * What participants of a cell say to each other; {@code docs/leases.md} tells the protocol. Each
 * may be lost, repeated, late and out of order. Times are microseconds since 1970.
 */
public sealed interface LeaseMessage {
  CellId cell();

  /**
   * Asks for a promise to take part in no lower ballot, and for what was voted for so far.
   *
   * @param view version of the proposer's {@link CellView}
   * @param began when the round began, by the proposer's clock
   */
  record Prepare(CellId cell, long view, Ballot ballot, long began) implements LeaseMessage {}

  /**
   * The promise.
   *
   * @param vote the vote in the highest ballot
   * @param epoch the highest that was heard of
   */
  record Promise(CellId cell, Ballot ballot, Optional<Vote> vote, Epoch epoch)
      implements LeaseMessage {}

  /** A lease, and the ballot in which it was voted for. */
  record Vote(Ballot ballot, Lease lease) {}

  /** Asks for a vote for a lease. */
  record Accept(CellId cell, long view, Ballot ballot, long began, Lease lease)
      implements LeaseMessage {}

  /** The holder moves the end of its lease, with those who voted for it in that ballot. */
  record Renew(CellId cell, long view, Ballot ballot, Lease lease) implements LeaseMessage {}

  /** The vote for a lease with that end. */
  record Accepted(CellId cell, Ballot ballot, long until) implements LeaseMessage {}

  /** No: a higher ballot was promised. */
  record Outbid(CellId cell, Ballot ballot, Ballot promised) implements LeaseMessage {}

  /** No: a majority has given the lease to somebody, and it has not ended. Nothing was promised. */
  record Held(CellId cell, Ballot ballot, Lease lease) implements LeaseMessage {}

  /** No: this participant does not remember the vote that is to be renewed. */
  record Forgotten(CellId cell, Ballot ballot) implements LeaseMessage {}

  /** No: the cell has a newer view, or that view was closed. */
  record WrongView(CellId cell, Ballot ballot, long view) implements LeaseMessage {}

  /** A majority has voted for the lease. */
  record Learn(CellId cell, long view, Lease lease) implements LeaseMessage {}

  /**
   * The sender acts under that epoch no more, and never will.
   *
   * @param successor who is to be given the time to come first
   */
  record GivenBack(CellId cell, long view, Epoch epoch, Optional<NodeId> successor)
      implements LeaseMessage {}
}
