package io.troupe.gateway.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/**
 * What was asked of a file and when, and what it may look like accordingly. A byte may come from
 * any write or truncate that is not known to be older than one which succeeded.
 */
final class History {
  static final int UNIT = 512;
  static final int UNITS = 80;

  private final List<Change> changes = new ArrayList<>();
  private long now;

  /** A write of one value, or the zeros of a truncate. */
  static final class Change {
    final byte value;
    final boolean truncate;
    final int from;
    final int to;
    final long begun;
    long ended = Long.MAX_VALUE;
    boolean succeeded;

    /** It succeeded, but a flush told that it may be lost. */
    boolean lost;

    Change(byte value, boolean truncate, int from, int to, long begun) {
      this.value = value;
      this.truncate = truncate;
      this.from = from;
      this.to = to;
      this.begun = begun;
    }

    boolean isSettledBefore(long time) {
      return succeeded && !lost && ended < time;
    }

    boolean covers(int unit) {
      return unit >= from && (truncate || unit < to);
    }
  }

  long tick() {
    return ++now;
  }

  Change write(int from, int to) {
    return begun(new Change((byte) (changes.size() + 1), false, from, to, tick()));
  }

  Change truncate(int to) {
    return begun(new Change((byte) 0, true, to, to, tick()));
  }

  private Change begun(Change c) {
    changes.add(c);
    return c;
  }

  int count() {
    return changes.size();
  }

  void ended(Change c, boolean success) {
    c.ended = tick();
    c.succeeded = success;
  }

  /** An fsync failed: what it was to make durable may be gone. */
  void lostUntilNow() {
    changes.stream().filter(c -> c.ended <= now && !c.truncate).forEach(c -> c.lost = true);
  }

  /** What is durable has all changes that had succeeded at that time. */
  void check(SimCluster cluster, long flushBegun) {
    for (int unit = 0; unit < UNITS; unit++) {
      int u = unit;
      List<Byte> allowed = new ArrayList<>();
      List<Change> settled =
          changes.stream().filter(c -> c.covers(u) && c.isSettledBefore(flushBegun)).toList();
      if (settled.isEmpty()) {
        allowed.add((byte) 0);
      }
      for (Change c : changes) {
        if (c.covers(u) && settled.stream().noneMatch(s -> c.ended < s.begun)) {
          allowed.add(c.value);
        }
      }
      assertThat(allowed)
          .as("unit %d", u)
          .contains(cluster.durableAt((long) unit * UNIT))
          .contains(cluster.durableAt((long) unit * UNIT + UNIT - 1));
    }
    checkSize(cluster.size, flushBegun);
  }

  private void checkSize(long size, long flushBegun) {
    List<Change> cuts =
        changes.stream().filter(c -> c.truncate && c.isSettledBefore(flushBegun)).toList();
    long least = 0;
    long most = 0;
    for (Change c : changes) {
      boolean mayBeCut = changes.stream().anyMatch(t -> t.truncate && t != c && t.ended > c.begun);
      if (c.isSettledBefore(flushBegun) && !mayBeCut) {
        least = Math.max(least, (long) c.to * UNIT);
      }
      boolean failedWrite = !c.truncate && c.ended != Long.MAX_VALUE && !c.succeeded;
      if (!failedWrite && cuts.stream().noneMatch(t -> c.ended < t.begun)) {
        most = Math.max(most, (long) c.to * UNIT);
      }
    }
    assertThat(size).as("size").isBetween(least, most);
  }
}
