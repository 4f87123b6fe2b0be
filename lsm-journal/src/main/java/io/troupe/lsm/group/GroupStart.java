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
   * @throws StoreException when the store cannot write it
   */
  public static void create(GroupStore store, GroupId group, Membership first) {
    new LogStore(store, group).create(first);
  }

  /**
   * Finishes an installation that was interrupted, and reads what the log has: one walk over it.
   *
   * @throws IllegalStateException when the group was not created in this store
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
