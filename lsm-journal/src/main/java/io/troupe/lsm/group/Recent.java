package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The newest entries of the log, up to its end, within so many bytes: members that keep up, and the
 * state, get them from memory. Entries that are not on disk yet stay in any case.
 */
final class Recent {

  private final long maxBytes;
  private final TreeMap<Long, LogEntry> entries = new TreeMap<>();
  private long bytes;

  Recent(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds the next entry. */
  void add(LogEntry entry) {
    if (!entries.isEmpty() && entries.lastKey() != entry.index() - 1) {
      throw new IllegalStateException(entry.index() + " after " + entries.lastKey());
    }
    entries.put(entry.index(), entry);
    bytes += EntryFormat.bytes(entry);
  }

  /** Removes the entries from an index on. */
  void cut(long from) {
    while (!entries.isEmpty() && entries.lastKey() >= from) {
      forget(entries.lastKey());
    }
  }

  /** Forgets the oldest ones, but none from an index on. */
  void trim(long pendingFrom) {
    while (bytes > maxBytes && entries.firstKey() < pendingFrom) {
      forget(entries.firstKey());
    }
  }

  private void forget(long index) {
    LogEntry gone = entries.remove(index);
    if (gone != null) {
      bytes -= EntryFormat.bytes(gone);
    }
  }

  /** The first one that is here; what lies in front of it is on disk. */
  long first() {
    return entries.isEmpty() ? Long.MAX_VALUE : entries.firstKey();
  }

  /**
   * Entries from one index to another, both included, or as many from the first on as fit into so
   * many bytes, at least one; none when the first is not here.
   */
  List<LogEntry> read(long from, long to, long most) {
    List<LogEntry> found = new ArrayList<>();
    long size = 0;
    for (long index = from; index <= to; index++) {
      LogEntry entry = entries.get(index);
      if (entry == null) {
        break;
      }
      size += EntryFormat.bytes(entry);
      if (size > most && !found.isEmpty()) {
        break;
      }
      found.add(entry);
    }
    return found;
  }
}
