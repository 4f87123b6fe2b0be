package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.Membership;

/** What a member does before it takes part, and may block for: not on an actor's thread. */
public final class GroupStart {

  private final GroupStore store;
  private final GroupSettings settings;
  private final LogStore log;
  private final Staging staging;
  private final StateRanges ranges;
  private final LogSizes sizes;
  private final Loaded loaded;

  private GroupStart(
      GroupStore store,
      GroupSettings settings,
      LogStore log,
      Staging staging,
      StateRanges ranges,
      LogSizes sizes,
      Loaded loaded) {
    this.store = store;
    this.settings = settings;
    this.log = log;
    this.staging = staging;
    this.ranges = ranges;
    this.sizes = sizes;
    this.loaded = loaded;
  }

  /**
   * Makes a group known to a store, durably; does nothing when it is.
   *
   * @param first who voted when the group began, on every member and for ever the same: also on one
   *     that joins later, which learns from the others who votes now
   * @throws IllegalStateException when it was removed, and the removal is not finished
   * @throws StoreException when the store cannot write it
   */
  public static void create(GroupStore store, GroupId group, Membership first) {
    new LogStore(store, group).create(first);
  }

  /**
   * Finishes an installation that was interrupted, and reads what the log has: one walk over it.
   *
   * @throws IllegalStateException when the group was not created in this store, or its removal has
   *     begun
   * @throws StoreException CORRUPT when its records do not fit together; others as the store says
   */
  public static GroupStart load(GroupStore store, GroupSettings settings) {
    var log = new LogStore(store, settings.group());
    var staging = new Staging(store, settings.group());
    var ranges = new StateRanges(store, settings.ranges());
    var sizes = new LogSizes(settings.limits());
    Loaded loaded = log.load(sizes);
    if (loaded.installing().isPresent()) {
      Installation.finish(store, log, staging, ranges, loaded);
      sizes = new LogSizes(settings.limits());
      loaded = log.load(sizes);
    }
    boolean staged;
    try (Snapshot now = store.snapshot()) {
      staged = !staging.isEmpty(now);
    }
    if (staged) {
      var clear = new WriteBatch(); // of a transfer that nobody remembers
      staging.clear(clear);
      store.commitAndWait(clear, Durability.OS);
    }
    return new GroupStart(store, settings, log, staging, ranges, sizes, loaded);
  }

  /**
   * Removes a group that has ended for good, with everything in its ranges; does nothing when it is
   * not there. From the first thing on that this writes the group does not exist any more, so that
   * nobody is served a half of it; what is left by a removal that was interrupted goes with the
   * next call. Its member has to be closed. Works on a disk that is nearly full, too. Blocks.
   *
   * @param ranges those that the group was created for
   * @throws StoreException when the store cannot write
   */
  public static void remove(GroupStore store, GroupId group, GroupRanges ranges) {
    var log = new LogStore(store, group);
    try (Snapshot now = store.snapshot()) {
      if (!log.exists(now)) {
        return; // the ranges may be somebody else's by now
      }
    }
    var mark = new WriteBatch().reclaiming();
    log.removing(mark);
    store.commitAndWait(mark, Durability.SYNC);
    var state = new StateRanges(store, ranges);
    for (int i = 0; i < state.count(); i++) {
      var range = new WriteBatch();
      state.delete(range, i);
      if (range.size() > 0) {
        store.commitAndWait(range, Durability.OS);
      }
    }
    var end = new WriteBatch();
    new Staging(store, group).clear(end);
    log.remove(end);
    store.commitAndWait(end, Durability.SYNC);
  }

  GroupStore store() {
    return store;
  }

  GroupSettings settings() {
    return settings;
  }

  LogStore log() {
    return log;
  }

  Staging staging() {
    return staging;
  }

  StateRanges ranges() {
    return ranges;
  }

  LogSizes sizes() {
    return sizes;
  }

  Loaded loaded() {
    return loaded;
  }
}
