package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.Position;
import java.util.List;

/** Looks at entries of another member before the log takes them: it does not look into them. */
final class EntryCheck {

  private final GroupRanges ranges;

  EntryCheck(GroupRanges ranges) {
    this.ranges = ranges;
  }

  /**
   * Whether a message could be one of a member of this group.
   *
   * @throws MalformedException when it could not
   */
  void check(LogMessage message) {
    switch (message) {
      case LogMessage.Append append -> check(append.epoch(), append.after(), append.entries());
      case LogMessage.Fetched fetched -> check(fetched.epoch(), fetched.after(), fetched.entries());
      case LogMessage.Prepare prepare -> {}
      case LogMessage.Promised promised -> {}
      case LogMessage.Refused refused -> {}
      case LogMessage.Fetch fetch -> {}
      case LogMessage.Appended appended -> {}
      case LogMessage.Mismatch mismatch -> {}
    }
  }

  private void check(long epoch, Position after, List<LogEntry> entries) {
    if (after.index() < 0 || after.epoch() < 0) {
      throw new MalformedException("entries after " + after);
    }
    Position last = after;
    for (LogEntry entry : entries) {
      var position = new Position(entry.epoch(), entry.index());
      if (position.index() != last.index() + 1
          || position.epoch() < last.epoch()
          || position.epoch() > epoch) {
        throw new MalformedException(
            "entry " + position + " follows " + last + " in epoch " + epoch);
      }
      if (entry.content() instanceof LogEntry.Batch(byte[] bytes)) {
        if (bytes.length > GroupSettings.MAX_CONTENT_BYTES) {
          throw new MalformedException("entry of " + bytes.length + " bytes");
        }
        PortableBatch.check(bytes, ranges);
      }
      last = position;
    }
  }
}
