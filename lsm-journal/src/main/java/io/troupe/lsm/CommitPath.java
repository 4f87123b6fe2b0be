package io.troupe.lsm;

import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SlabPool;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.Wal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of commits: admission, log, memtable. For the log thread, but for {@link #mustWait},
 * {@link #bytesPerSecond} and {@link #nanosToSync}.
 */
final class CommitPath {

  /**
   * Memtables that may wait to be flushed; with the one that is written they bound memory and the
   * length of the log.
   */
  static final int MAX_FROZEN = 3;

  /**
   * Tables on level 0 of an index from which on writers are slowed down, and at which they stop.
   */
  static final int LEVEL0_SLOW = 8;

  static final int LEVEL0_STOP = 20;

  /** Full memtables from which on writers are slowed down. */
  static final int SLOW_FROZEN = 2;

  /**
   * Groups with more operations are put into the memtable by another thread while they are synced:
   * fewer are done in less than its wake-up takes.
   */
  private static final int MANY_OPERATIONS = 32;

  private static final long NOT_DUE = Long.MIN_VALUE;

  /** How often a memtable may be flushed early to free space. */
  private static final long RELIEF_NANOS = 1_000_000_000L;

  private final EngineCore core;
  private final Indices indices;
  private final Wal wal;
  private final LogWriter log;
  private final Conditions conditions;
  private final List<Conditions.Refused> refused = new ArrayList<>();
  private final SlabPool slabs;
  private long relievedAt;
  private volatile long syncDue = NOT_DUE; // when what was written has to be synced at the latest

  CommitPath(EngineCore core, Indices indices, Wal wal, LogWriter log, SlabPool slabs) {
    this.core = core;
    this.indices = indices;
    this.wal = wal;
    this.log = log;
    this.conditions = new Conditions(core);
    this.slabs = slabs;
    this.relievedAt = core.nanoClock().getAsLong() - RELIEF_NANOS;
  }

  /** Writes and completes a group of commits. Never throws: what fails is told to the commits. */
  void write(List<Commit> group) {
    IOException failed = core.failure();
    if (failed != null) {
      failAll(group, failed);
      return;
    }
    List<Commit> admitted = conditions.met(admitted(group), core.visible() + 1, refused);
    if (!admitted.isEmpty()) {
      writeAdmitted(admitted);
    }
    core.counters().conflicted(refused.size());
    refused.forEach(Conditions.Refused::tell);
    refused.clear();
  }

  private void writeAdmitted(List<Commit> admitted) {
    try {
      int bytes = LogWriter.frameBytes(admitted);
      int undeclared = log.undeclared(indices.count());
      long segment = wal.segment();
      try {
        if (core.views().current().active().bytes() >= core.options().memtableBytes()
            && core.views().current().frozen().size() < MAX_FROZEN) {
          rotate();
        }
        core.space()
            .retried(
                () -> {
                  log.ensure(bytes, undeclared);
                  return bytes;
                });
      } catch (NoSpaceException e) {
        admitted.forEach(
            commit -> commit.fail(StoreException.Kind.NO_SPACE, "no room for the log"));
        return;
      }
      if (wal.segment() != segment) {
        core.background().prepare();
      }
      Memtable memtable = core.views().current().active();
      long first = core.visible() + 1;
      log.write(admitted, first, bytes, undeclared, memtable);
      boolean sync = mustSync(admitted);
      if (sync) {
        syncAndApply(admitted, first, memtable);
      } else {
        apply(admitted, first, memtable);
      }
      core.counters().group(admitted.size(), sync, bytes);
      core.publish(first + admitted.size() - 1);
      for (int i = 0; i < admitted.size(); i++) {
        admitted.get(i).done().complete(first + i);
      }
      core.tails().signal();
      if (wal.changed()) {
        core.background().prepare();
      }
    } catch (IOException e) {
      core.fail(e);
      failAll(admitted, e);
    }
  }

  /** Whether a group has to wait for background work. */
  boolean mustWait() {
    if (core.failed() || core.blockedBySpace()) {
      return false; // waiting would not help: the commits are told
    }
    View view = core.views().current();
    return (view.active().bytes() >= core.options().memtableBytes()
            && view.frozen().size() >= MAX_FROZEN)
        || view.version().maxLevel0() >= LEVEL0_STOP;
  }

  /** How fast writers may be, so that background work keeps up without a stop. */
  long bytesPerSecond() {
    if (core.failed() || core.blockedBySpace()) {
      return WriteRate.UNLIMITED;
    }
    View view = core.views().current();
    return WriteRate.bytesPerSecond(
        view.version().maxLevel0(),
        view.frozen().size(),
        (double) view.active().bytes() / core.options().memtableBytes(),
        core.pendingCompactionBytes());
  }

  /**
   * Whether a group takes nothing but a write, a sync and an insertion: no new segment, no new
   * memtable, no pause, nothing to be read.
   */
  boolean isSimple(List<Commit> group) {
    return group.stream().allMatch(commit -> commit.batch().expectations().isEmpty())
        && core.views().current().active().bytes() < core.options().memtableBytes()
        && bytesPerSecond() == WriteRate.UNLIMITED
        && log.fits(group, log.undeclared(indices.count()));
  }

  /** How long until something has to be synced: 0 when it is late, -1 when there is nothing. */
  long nanosToSync() {
    long due = syncDue;
    return due == NOT_DUE ? -1 : Math.max(0, due - core.nanoClock().getAsLong());
  }

  /** Syncs what was written at an interval, when it is over. */
  void syncIfDue() {
    if (nanosToSync() == 0 && !core.failed()) {
      syncDue = NOT_DUE;
      try {
        wal.force();
        core.tails().signal();
      } catch (IOException e) {
        core.fail(e);
      }
    }
  }

  private boolean mustSync(List<Commit> group) {
    boolean sync = nanosToSync() == 0;
    boolean interval = false;
    for (int i = 0; i < group.size(); i++) {
      Durability durability = group.get(i).durability();
      sync |= durability == Durability.SYNC;
      interval |= durability == Durability.INTERVAL;
    }
    if (sync) {
      syncDue = NOT_DUE;
    } else if (interval && syncDue == NOT_DUE) {
      syncDue = core.nanoClock().getAsLong() + core.options().syncIntervalNanos();
    }
    return sync;
  }

  /**
   * Insertion does not wait for the sync where another thread can do it: nobody sees what is not
   * published. When the sync fails the memtable keeps it all the same, for good: a store that
   * failed publishes nothing more, and flushes nothing.
   */
  private void syncAndApply(List<Commit> group, long first, Memtable memtable) throws IOException {
    int operations = 0;
    for (int i = 0; i < group.size(); i++) {
      operations += group.get(i).batch().size();
    }
    if (operations < MANY_OPERATIONS) {
      wal.force();
      apply(group, first, memtable);
      return;
    }
    Beside beside = core.background().beside();
    beside.offer(() -> apply(group, first, memtable));
    try {
      wal.force();
    } finally {
      beside.finish();
    }
  }

  /**
   * When the disk is nearly full, moves deletes that are in memory only towards the tables, where
   * they free what they hide.
   *
   * @return whether to ask again after a while
   */
  boolean relieve() {
    View view = core.views().current();
    if (core.failed() || view.active().isEmpty() || core.hasRoom()) {
      return false;
    }
    long now = core.nanoClock().getAsLong();
    if (now - relievedAt < RELIEF_NANOS) {
      return true;
    }
    relievedAt = now;
    if (view.frozen().isEmpty() && view.version().maxLevel0() < LEVEL0_SLOW) {
      try {
        rotate();
      } catch (IOException e) {
        core.fail(e);
      }
      return false;
    }
    return true;
  }

  /** Freezes the memtable, if there is anything in it. */
  void rotate() throws IOException {
    if (core.views().current().active().isEmpty()) {
      return;
    }
    // Not needed for what is in the tables, but so that the log never has a hole behind them.
    wal.force();
    core.tails().signal();
    core.views().rotate(new Memtable(wal.segment(), slabs));
    core.background().flush();
  }

  /** Freezes the memtable if it has a batch up to that number, and few others wait. */
  void rotateUpTo(long sequence) {
    View view = core.views().current();
    long before =
        view.frozen().isEmpty()
            ? view.version().flushedSequence()
            : view.frozen().getFirst().lastSequence();
    if (core.failed() || before >= sequence || view.frozen().size() >= MAX_FROZEN) {
      return;
    }
    try {
      rotate();
    } catch (IOException e) {
      core.fail(e);
    }
  }

  private List<Commit> admitted(List<Commit> group) {
    View view = core.views().current();
    boolean room = core.hasRoom() || makesRoom(view.version().walFrom());
    boolean full =
        (view.active().bytes() >= 2 * core.options().memtableBytes()
                && view.frozen().size() >= MAX_FROZEN)
            || view.version().maxLevel0() >= 4 * LEVEL0_STOP;
    boolean stuck =
        core.blockedBySpace()
            && (view.version().maxLevel0() >= LEVEL0_STOP || view.frozen().size() >= MAX_FROZEN);
    if (room && !full && !stuck) {
      return group;
    }
    List<Commit> admitted = new ArrayList<>(group.size());
    for (Commit commit : group) {
      if (full || commit.batch().grows()) {
        commit.fail(
            StoreException.Kind.NO_SPACE,
            "the disk is nearly full: " + core.space().freeBytes() + " bytes left");
      } else {
        admitted.add(commit);
      }
    }
    return admitted;
  }

  /** Before anybody is refused, the log that is kept for those who follow it goes. */
  private boolean makesRoom(long needed) {
    try {
      if (!wal.giveUpKept(needed)) {
        return false;
      }
      core.space().changed();
      return core.hasRoom();
    } catch (IOException e) {
      core.fail(e);
      return false;
    }
  }

  private static void apply(List<Commit> group, long first, Memtable memtable) {
    for (int i = 0; i < group.size(); i++) {
      Operations operations = group.get(i).batch().operations();
      while (operations.next()) {
        memtable.put(operations, first + i);
      }
    }
    memtable.wrote(first + group.size() - 1);
  }

  private static void failAll(List<Commit> group, IOException cause) {
    var failed =
        new StoreException(
            StoreException.Kind.FAILED, "the store failed: " + cause.getMessage(), cause);
    group.forEach(commit -> commit.done().completeExceptionally(failed));
  }
}
