package io.troupe.lsm.replicated;

import java.util.List;
import java.util.Optional;

/**
 * What a member is to do, in this order. What goes to disk is written in order, and its ticket
 * comes back by {@link LogInput.Persisted} when it is there.
 */
public sealed interface LogEffect {

  /** Remember the promise. */
  record PersistPromise(long ticket, long epoch) implements LogEffect {}

  /** Remove entries from an index on, then add these. */
  record PersistEntries(long ticket, long cutFrom, List<LogEntry> entries) implements LogEffect {}

  record Send(MemberId to, LogMessage message) implements LogEffect {}

  /**
   * Read the entries after a position up to an index from the log and send them, in as many
   * messages as it takes.
   *
   * @param fetched as {@link LogMessage.Fetched}; otherwise as {@link LogMessage.Append}
   */
  record Ship(MemberId to, long epoch, Position after, long upTo, long committed, boolean fetched)
      implements LogEffect {}

  /** Send a snapshot of the state: the member lacks entries that are dropped. */
  record ShipSnapshot(MemberId to, long epoch) implements LogEffect {}

  /** The entries up to an index are committed: apply them, and answer who waits for them. */
  record Commit(long index) implements LogEffect {}

  /** This member is master and knows everything that was ever committed. */
  record Serve(long epoch) implements LogEffect {}

  /** It is not any more. Nobody knows yet whether what it proposed last will be committed. */
  record StopServing(long epoch) implements LogEffect {}

  /** A proposal was not taken. */
  record Rejected(LogEntry.Content content, String why) implements LogEffect {}

  /** Give the lease to another member, or to anybody. */
  record ReleaseLease(Optional<MemberId> to) implements LogEffect {}
}
