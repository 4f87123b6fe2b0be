package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** The one log of the group, as far as anybody applied it, and what follows from it. */
final class SimTruth {

  private final Map<Position, LogEntry> entries = new HashMap<>();
  private final Map<Position, Position> before = new HashMap<>();
  private final List<Position> applied = new ArrayList<>(List.of(Position.START));
  private final List<NavigableMap<String, String>> states =
      new ArrayList<>(List.of(new TreeMap<>()));
  private final Map<Long, byte[]> acknowledged = new TreeMap<>();
  private long newestAcknowledged;
  private long newestServed;
  private int served;

  long size() {
    return applied.size() - 1L;
  }

  long newestAcknowledged() {
    return newestAcknowledged;
  }

  static Position position(LogEntry entry) {
    return new Position(entry.epoch(), entry.index());
  }

  private static boolean same(LogEntry one, LogEntry other) {
    if (one.content() instanceof LogEntry.Batch(byte[] a)
        && other.content() instanceof LogEntry.Batch(byte[] b)) {
      return Arrays.equals(a, b);
    }
    return one.content().equals(other.content());
  }

  /** An entry goes to a disk; epoch and index name it, and the one in front of it. */
  void written(LogEntry entry, Position behind) {
    Position position = position(entry);
    LogEntry known = entries.putIfAbsent(position, entry);
    if (known != null && !same(known, entry)) {
      throw new AssertionError("two entries of " + position);
    }
    Position other = before.putIfAbsent(position, behind);
    if (other != null && !other.equals(behind)) {
      throw new AssertionError(position + " is behind " + other + " and " + behind);
    }
  }

  /** Entries are sent: those of one log, one behind the other. */
  void sent(LogMessage message) {
    switch (message) {
      case LogMessage.Append append -> chain(append.after(), append.entries());
      case LogMessage.Fetched fetched -> chain(fetched.after(), fetched.entries());
      default -> {}
    }
  }

  private void chain(Position after, List<LogEntry> sent) {
    Position last = after;
    for (LogEntry entry : sent) {
      Position position = position(entry);
      Position known = before.get(position);
      if (known != null && !known.equals(last)) {
        throw new AssertionError(position + " is sent behind " + last + ", it is behind " + known);
      }
      last = position;
    }
  }

  /** A member applies the entry of that position, or has a state that ends with it. */
  void applied(Position position) {
    long index = position.index();
    if (index < applied.size()) {
      if (!applied.get((int) index).equals(position)) {
        throw new AssertionError(applied.get((int) index) + " was applied, now " + position);
      }
      return;
    }
    if (index > applied.size()) {
      throw new AssertionError(position + " is applied after " + size());
    }
    LogEntry entry = entries.get(position);
    if (entry == null) {
      throw new AssertionError(position + " is applied, but no entry");
    }
    applied.add(position);
    states.add(SimState.after(states.getLast(), entry));
    byte[] promised = acknowledged.get(index);
    if (promised != null) {
      throw new AssertionError(index + " was acknowledged before anybody applied it");
    }
  }

  /** A proposal was acknowledged. */
  void acknowledged(long index, byte[] bytes) {
    acknowledged.put(index, bytes);
    newestAcknowledged = Math.max(newestAcknowledged, index);
    if (index > size()
        || !(contentAt(index) instanceof LogEntry.Batch(byte[] found)
            && Arrays.equals(found, bytes))) {
      throw new AssertionError("entry " + index + " is not what was acknowledged");
    }
  }

  private LogEntry.Content contentAt(long index) {
    return Objects.requireNonNull(entries.get(position(index))).content();
  }

  /** A member serves; false for a late one that does not know yet that it is not master. */
  boolean served(long epoch) {
    served++;
    boolean newest = epoch >= newestServed;
    newestServed = Math.max(newestServed, epoch);
    return newest;
  }

  int served() {
    return served;
  }

  int acknowledged() {
    return acknowledged.size();
  }

  NavigableMap<String, String> state(long index) {
    return states.get((int) index);
  }

  Position position(long index) {
    return applied.get((int) index);
  }
}
