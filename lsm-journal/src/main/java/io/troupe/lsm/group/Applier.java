package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.Position;
import io.troupe.lsm.replicated.ReplicatedLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies committed entries to the group's ranges, in order, several in a batch, each batch with
 * the place it leads to: after a crash it goes on from there, and each entry counts once. Not
 * synced, since the entries are on disk; and not refused by a disk that is nearly full, since what
 * frees room may come behind them.
 */
final class Applier {

  private static final long BATCH_BYTES = 1 << 20;

  private final GroupStore store;
  private final Home home;
  private final LogStore log;
  private final StateRanges ranges;
  private final ReplicatedLog core;
  private final Recent recent;
  private final CommitLane lane;
  private final Runnable progressed;
  private StateAt applied;
  private long committed;
  private boolean reading;
  private boolean paused;
  private @Nullable Runnable whenIdle;

  Applier(
      GroupStore store,
      Home home,
      LogStore log,
      StateRanges ranges,
      ReplicatedLog core,
      Recent recent,
      CommitLane lane,
      StateAt applied,
      Runnable progressed) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.ranges = ranges;
    this.core = core;
    this.recent = recent;
    this.lane = lane;
    this.applied = applied;
    this.committed = applied.index();
    this.progressed = progressed;
  }

  /** What the ranges are the state of. */
  StateAt applied() {
    return applied;
  }

  /** Entries up to an index are committed. */
  void commit(long index) {
    committed = Math.max(committed, index);
    step();
  }

  /** Stops; runs something as soon as nothing is under way. */
  void pause(Runnable then) {
    paused = true;
    whenIdle = then;
    step();
  }

  void resume() {
    paused = false;
    progressed.run();
    step();
  }

  /** The ranges were replaced. */
  void installed(StateAt at) {
    applied = at;
    committed = Math.max(committed, at.index());
  }

  private void step() {
    if (reading || !lane.isIdle()) {
      return;
    }
    if (paused) {
      Runnable then = whenIdle;
      whenIdle = null;
      if (then != null) {
        then.run();
      }
      return;
    }
    long from = applied.index() + 1;
    long to = committed;
    if (from > to) {
      return;
    }
    List<LogEntry> entries = recent.read(from, to, BATCH_BYTES);
    if (!entries.isEmpty()) {
      apply(entries);
      return;
    }
    reading = true;
    long last = Math.min(to, recent.first() - 1);
    Snapshot now = store.snapshot();
    home.read(
        () -> {
          try (now) {
            return log.read(now, from, last, BATCH_BYTES);
          }
        },
        found -> {
          reading = false;
          if (found.isEmpty()) {
            home.fail(new IllegalStateException("entry " + from + " is committed, but not there"));
          } else if (paused) {
            step();
          } else {
            apply(found);
          }
        });
  }

  private void apply(List<LogEntry> entries) {
    List<LogEntry> fitting = new ArrayList<>(entries);
    while (true) {
      var batch = new WriteBatch().reclaiming();
      int folded = fold(batch, fitting);
      if (folded == fitting.size()) {
        LogEntry last = fitting.getLast();
        var position = new Position(last.epoch(), last.index());
        if (!core.has(position)) {
          throw new IllegalStateException(position + " was read, but is not in the log");
        }
        var at = new StateAt(position, core.membershipAt(last.index()));
        log.applied(batch, at);
        lane.commit(batch, Durability.OS, () -> done(at));
        return;
      }
      fitting.subList(folded, fitting.size()).clear();
    }
  }

  /** Adds entries to a batch; returns how many, less than all when one needs a batch of its own. */
  private int fold(WriteBatch batch, List<LogEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).content() instanceof LogEntry.Batch(byte[] bytes)) {
        try {
          ranges.add(batch, bytes);
        } catch (IllegalArgumentException e) {
          if (i == 0) {
            throw e;
          }
          return i; // adds to what an entry before it in the batch made something else of
        }
      }
    }
    return entries.size();
  }

  private void done(StateAt at) {
    applied = at;
    progressed.run();
    step();
  }
}
