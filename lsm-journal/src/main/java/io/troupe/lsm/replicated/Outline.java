package io.troupe.lsm.replicated;

import java.util.ArrayList;
import java.util.List;

/**
 * What a member knows of its own log without looking into it: the epoch of each entry, as runs, and
 * the entries that changed the membership. Its size grows with the number of masters and changes,
 * not with that of entries.
 */
public final class Outline {

  private record Run(long from, long epoch) {}

  private record Change(long index, Membership membership) {}

  private final List<Run> runs = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private Position base;
  private long last;

  /**
   * A log that begins behind a position, up to which its effects are in the state.
   *
   * @param membership who votes at that position
   */
  public Outline(Position base, Membership membership) {
    this.base = base;
    this.last = base.index();
    changes.add(new Change(base.index(), membership));
  }

  /** What lies at or before it is not in the log any more, or never was. */
  public Position base() {
    return base;
  }

  public long lastIndex() {
    return last;
  }

  public Position last() {
    return new Position(epochAt(last), last);
  }

  /** The newest membership in the log, committed or not. */
  public Membership membership() {
    return changes.getLast().membership();
  }

  /** The index of the entry that brought it. */
  long membershipIndex() {
    return changes.getLast().index();
  }

  /** The membership that counts at an index, not before the base. */
  Membership membershipAt(long index) {
    for (int i = changes.size() - 1; i > 0; i--) {
      if (changes.get(i).index() <= index) {
        return changes.get(i).membership();
      }
    }
    return changes.getFirst().membership();
  }

  /** The epoch of an entry from the base to the last one. */
  long epochAt(long index) {
    if (index == base.index()) {
      return base.epoch();
    }
    if (index < base.index() || index > last) {
      throw new IllegalArgumentException(
          "no entry " + index + " in " + base.index() + " to " + last);
    }
    for (int i = runs.size() - 1; i >= 0; i--) {
      if (runs.get(i).from() <= index) {
        return runs.get(i).epoch();
      }
    }
    throw new IllegalStateException("entry " + index + " is in no run");
  }

  /** Whether the log has the entry of that position, or its base. */
  public boolean has(Position position) {
    return position.index() >= base.index()
        && position.index() <= last
        && epochAt(position.index()) == position.epoch();
  }

  /** The first index of the run of entries with the epoch of one of them. */
  long firstOfEpochAt(long index) {
    long first = base.index() + 1;
    for (Run run : runs) {
      if (run.from() <= index) {
        first = run.from();
      }
    }
    return first;
  }

  /** Adds the next entry. */
  public void append(LogEntry entry) {
    if (entry.index() != last + 1) {
      throw new IllegalArgumentException("entry " + entry.index() + " after " + last);
    }
    long epoch = last == base.index() ? base.epoch() : runs.getLast().epoch();
    if (entry.epoch() < epoch) {
      throw new IllegalArgumentException("epoch " + entry.epoch() + " after " + epoch);
    }
    if (runs.isEmpty() || runs.getLast().epoch() != entry.epoch()) {
      runs.add(new Run(entry.index(), entry.epoch()));
    }
    if (entry.content() instanceof LogEntry.Members(Membership membership)) {
      changes.add(new Change(entry.index(), membership));
    }
    last = entry.index();
  }

  /** Removes the entries from an index on. */
  void truncate(long from) {
    if (from <= base.index()) {
      throw new IllegalArgumentException("cut at " + from + ", base is " + base.index());
    }
    last = Math.min(last, from - 1);
    runs.removeIf(run -> run.from() >= from);
    changes.removeIf(change -> change.index() >= from);
  }

  /** Forgets the entries up to one of them. */
  void compact(long index) {
    Membership membership = membershipAt(index);
    base = new Position(epochAt(index), index);
    while (runs.size() > 1 && runs.get(1).from() <= index + 1) {
      runs.removeFirst();
    }
    if (last == index) {
      runs.clear();
    }
    changes.removeIf(change -> change.index() <= index);
    changes.addFirst(new Change(index, membership));
  }

  /** The log of another member replaces this one, up to a position. */
  void reset(Position position, Membership membership) {
    runs.clear();
    changes.clear();
    base = position;
    last = position.index();
    changes.add(new Change(position.index(), membership));
  }
}
