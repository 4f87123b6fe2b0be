package io.troupe.lsm;

import io.troupe.lsm.compaction.Deeper;
import io.troupe.lsm.compaction.OutputCuts;
import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.range.GrowingTombstones;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import io.troupe.lsm.wal.WalSegments;
import java.io.IOException;
import java.util.List;

/** Writes memtables as tables, and gives up the log behind them. For one thread. */
final class Flusher {

  private final EngineCore core;
  private final Versions versions;
  private final Throttle throttle;
  private final WalSegments segments;

  Flusher(EngineCore core, Versions versions, Throttle throttle, WalSegments segments) {
    this.core = core;
    this.versions = versions;
    this.throttle = throttle;
    this.segments = segments;
  }

  /** Writes the oldest frozen memtable to level 0. */
  Engine.Step flush() throws IOException {
    List<Memtable> frozen = core.views().current().frozen();
    if (frozen.isEmpty() || core.failed()) {
      return Engine.Step.IDLE;
    }
    Memtable oldest = frozen.getLast();
    Memtable next =
        frozen.size() > 1 ? frozen.get(frozen.size() - 2) : core.views().current().active();
    long walFrom = next.firstSegment();
    try {
      core.space()
          .retried(
              () -> {
                flush(oldest, walFrom);
                return oldest;
              });
    } catch (NoSpaceException e) {
      if (segments.release(core.views().current().version().walFrom(), false)) {
        core.space().changed();
        return Engine.Step.MORE; // there may be room now
      }
      core.blockedBySpace(true);
      return Engine.Step.NO_SPACE;
    }
    core.blockedBySpace(false);
    if (segments.release(walFrom, core.hasRoom())) {
      core.space().changed();
    }
    core.background().compact();
    return Engine.Step.MORE;
  }

  private void flush(Memtable memtable, long walFrom) throws IOException {
    var outputs = new TableMerge(core, versions.nextFile(), 0, throttle::flushed);
    // Retained, so that the tables that may have what a delete hides can be asked.
    View view = core.views().acquire();
    try {
      for (int index = 0; index < memtable.indices(); index++) {
        flush(memtable, index, view.version(), outputs);
      }
      core.disk().sync();
      versions.edit(
          new VersionEdit(
              memtable.declared(),
              outputs.added(),
              List.of(),
              memtable.lastSequence(),
              walFrom,
              versions.nextFile().get()),
          core.views()::flushed);
    } catch (NoSpaceException | StoreException e) {
      outputs.abandon();
      throw e;
    } finally {
      core.views().release(view);
    }
    core.counters().flushed(outputs.bytes());
    core.space().changed();
  }

  private void flush(Memtable memtable, int index, Version version, TableMerge outputs)
      throws IOException {
    SkipList list = memtable.list(index);
    GrowingTombstones growing = memtable.ranges(index);
    if (list == null && growing == null) {
      return;
    }
    long[] snapshots = core.snapshots().all();
    RangeTombstones ranges = growing == null ? RangeTombstones.NONE : growing.all();
    EntryCursor entries =
        list == null ? new MergeCursor(List.of(), false) : list.ascending(new byte[0]);
    outputs.write(
        new VersionFilter(entries, snapshots, ranges, deeper(version, index)),
        VersionFilter.ranges(ranges, snapshots, deeper(version, index)),
        index,
        OutputCuts.none());
  }

  private Deeper deeper(Version version, int index) {
    return new Deeper(version, index, -1, core.tables()::mayHave);
  }
}
