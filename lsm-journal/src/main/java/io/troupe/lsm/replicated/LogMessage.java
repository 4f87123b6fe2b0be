package io.troupe.lsm.replicated;

import java.util.List;

/** What members send each other. Any of them may be lost, doubled, late or out of order. */
public sealed interface LogMessage {

  /** The epoch that the sender speaks for. */
  long epoch();

  /** Asks for the promise to refuse all older epochs. */
  record Prepare(long epoch) implements LogMessage {}

  /**
   * The promise is on disk.
   *
   * @param last where the member's log ends
   */
  record Promised(long epoch, Position last) implements LogMessage {}

  /**
   * Neither promised nor taken.
   *
   * @param promised the epoch that the member has promised, which is newer
   */
  record Refused(long epoch, long promised) implements LogMessage {}

  /** Asks the member with the longest log for what comes after a position. */
  record Fetch(long epoch, Position after) implements LogMessage {}

  /** The answer: entries after that position. */
  record Fetched(long epoch, Position after, List<LogEntry> entries) implements LogMessage {}

  /**
   * Entries of the master.
   *
   * @param after the position in front of the first of them
   * @param committed how far the master has committed
   */
  record Append(long epoch, Position after, List<LogEntry> entries, long committed)
      implements LogMessage {}

  /**
   * The log is on disk and equal to the master's up to an index.
   *
   * @param committed how far the member knows it to be committed
   */
  record Appended(long epoch, long match, long committed) implements LogMessage {}

  /**
   * The member does not have the position that an Append or a Fetch builds on.
   *
   * @param tryAfter an index up to which it may be equal
   */
  record Mismatch(long epoch, long tryAfter) implements LogMessage {}
}
