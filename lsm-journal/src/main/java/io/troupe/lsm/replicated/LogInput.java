package io.troupe.lsm.replicated;

/** What happens to a member. */
public sealed interface LogInput {

  /** A message arrived. */
  record Received(MemberId from, LogMessage message) implements LogInput {}

  /** Time went on; at least every {@link LogSettings#retryNanos}. */
  record Tick() implements LogInput {}

  /** This member holds the group's lease: it is to become master. */
  record LeaseGained() implements LogInput {}

  /** It does not any more. */
  record LeaseLost() implements LogInput {}

  /** Something to be committed; only a serving master is asked. */
  record Propose(LogEntry.Content content) implements LogInput {}

  /** A member without a vote gets the log from now on, or not any more. */
  record Learner(MemberId member, boolean wanted) implements LogInput {}

  /** The effect with that ticket is on disk, and so are all before it. */
  record Persisted(long ticket) implements LogInput {}

  /** A snapshot of another member's state, at a position, has replaced the state; on disk. */
  record SnapshotInstalled(Position position, Membership membership) implements LogInput {}

  /** The log up to an index, which is applied, was dropped. */
  record Compacted(long index) implements LogInput {}

  /** Stop taking proposals; hand the lease over as soon as that voter has everything. */
  record Transfer(MemberId to) implements LogInput {}
}
