package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogInput;
import io.troupe.lsm.replicated.ReplicatedLog;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the group's ranges by what is staged. A durable mark comes first: from then on the
 * ranges are no state, and a member that ends in the middle finishes at its next start, before it
 * takes part ({@link #finish}). One synced batch at the end makes them the state at the new place
 * and takes the mark away.
 */
final class Installation {

  private final GroupStore store;
  private final Home home;
  private final LogStore log;
  private final Staging staging;
  private final StateRanges ranges;
  private final ReplicatedLog core;
  private final Applier applier;
  private final PersistQueue persist;
  private final CommitLane lane;
  private final Consumer<LogInput> inputs;
  private @Nullable StateAt installing;
  private boolean ending;

  Installation(
      GroupStore store,
      Home home,
      LogStore log,
      Staging staging,
      StateRanges ranges,
      ReplicatedLog core,
      Applier applier,
      PersistQueue persist,
      CommitLane lane,
      Consumer<LogInput> inputs) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.staging = staging;
    this.ranges = ranges;
    this.core = core;
    this.applier = applier;
    this.persist = persist;
    this.lane = lane;
    this.inputs = inputs;
  }

  /** Whether the ranges may be no state. */
  boolean isActive() {
    return installing != null;
  }

  /** Whether the log must not take entries of others: what becomes of it is decided. */
  boolean isEnding() {
    return ending;
  }

  /**
   * Begins, as soon as nothing is being applied. The lane has to be idle.
   *
   * @param then told when it is over, one way or the other
   */
  void begin(StateAt at, Runnable then) {
    installing = at;
    applier.pause(
        () -> {
          if (core.isServing()
              || !core.wantsSnapshot(at.position())
              || at.index() <= applier.applied().index()) {
            over(then); // the log got there by itself
            return;
          }
          var mark = new WriteBatch();
          log.installing(mark, at);
          lane.commit(mark, Durability.SYNC, () -> replace(at, then));
        });
  }

  private void replace(StateAt at, Runnable then) {
    var clear = new WriteBatch();
    ranges.delete(clear);
    lane.commit(clear, Durability.OS, () -> copy(at, 0, then));
  }

  private void copy(StateAt at, long number, Runnable then) {
    Snapshot now = store.snapshot();
    home.read(
        () -> {
          try (now) {
            return chunk(staging, ranges, now, number);
          }
        },
        batch -> {
          if (batch.isPresent()) {
            lane.commit(batch.get(), Durability.OS, () -> copy(at, number + 1, then));
          } else {
            ending = true;
            boolean keepRest = core.has(at.position());
            persist.install(at, keepRest, () -> installed(at, keepRest, then));
          }
        });
  }

  private void installed(StateAt at, boolean keepRest, Runnable then) {
    applier.installed(at);
    if (core.wantsSnapshot(at.position())) {
      if (!keepRest) {
        persist.forgetEntries();
      }
      inputs.accept(new LogInput.SnapshotInstalled(at.position(), at.membership()));
    } else if (keepRest) {
      inputs.accept(new LogInput.Compacted(at.index()));
    } else {
      throw new IllegalStateException(
          at.position() + " is installed and committed, but the log did not have it");
    }
    over(then);
  }

  private void over(Runnable then) {
    ending = false;
    installing = null;
    then.run();
    applier.resume();
  }

  private static Optional<WriteBatch> chunk(
      Staging staging, StateRanges ranges, Snapshot now, long number) {
    return staging
        .read(now, number)
        .map(
            bytes -> {
              var batch = new WriteBatch();
              ranges.put(batch, bytes);
              return batch;
            });
  }

  /** Finishes what a member that ended in the middle left. Blocks. */
  static void finish(
      GroupStore store, LogStore log, Staging staging, StateRanges ranges, Loaded loaded) {
    StateAt at = loaded.installing().orElseThrow();
    var clear = new WriteBatch();
    ranges.delete(clear);
    store.commitAndWait(clear, Durability.OS);
    long number = 0;
    Optional<WriteBatch> batch;
    do {
      try (Snapshot now = store.snapshot()) {
        batch = chunk(staging, ranges, now, number++);
      }
      batch.ifPresent(chunk -> store.commitAndWait(chunk, Durability.OS));
    } while (batch.isPresent());
    var end = new WriteBatch();
    log.installed(end, at, loaded.outline().has(at.position()));
    staging.clear(end);
    store.commitAndWait(end, Durability.SYNC);
  }
}
