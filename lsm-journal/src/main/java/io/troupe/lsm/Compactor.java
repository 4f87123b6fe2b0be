package io.troupe.lsm;

import io.troupe.lsm.compaction.Busy;
import io.troupe.lsm.compaction.Compaction;
import io.troupe.lsm.compaction.CompactionPicker;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs compactions, and deletes tables that nobody reads any more. Thread-safe: each thread that
 * calls helps with a compaction that is under way, or begins one that can run beside them.
 */
final class Compactor {

  private final EngineCore core;
  private final Versions versions;
  private final Throttle throttle;
  private final Object picking = new Object();
  private final Busy busy = new Busy();
  private final Map<Integer, RangeTombstones> ranges = new HashMap<>();
  private Version rangesOf = Version.empty();
  private final List<CompactionJob> jobs = new CopyOnWriteArrayList<>();

  Compactor(EngineCore core, Versions versions, Throttle throttle) {
    this.core = core;
    this.versions = versions;
    this.throttle = throttle;
  }

  /** Does what is needed most, and deletes tables that nobody reads any more. */
  Engine.Step compact() throws IOException {
    deleteObsolete();
    for (CompactionJob job : jobs) {
      if (job.help()) {
        return Engine.Step.MORE;
      }
    }
    Optional<CompactionJob> begun = begin();
    if (begun.isEmpty()) {
      return Engine.Step.IDLE;
    }
    core.background().compact(); // others may find work beside it
    try {
      finish(begun.get());
    } catch (NoSpaceException e) {
      core.blockedBySpace(true);
      return Engine.Step.NO_SPACE;
    }
    core.blockedBySpace(false);
    deleteObsolete();
    core.background().compact(); // others may have waited for its tables
    return Engine.Step.MORE;
  }

  /** Chooses a compaction that can run beside those in progress; to be given to {@link #finish}. */
  Optional<CompactionJob> begin() throws IOException {
    synchronized (picking) {
      if (core.failed()) {
        return Optional.empty();
      }
      View view = core.views().acquire();
      Optional<CompactionJob> job = Optional.empty();
      try {
        job =
            core.picker()
                .pick(
                    view.version(),
                    busy,
                    new CompactionPicker.Circumstances(
                        core.snapshots().all(),
                        !core.hasRoom(),
                        index -> ranges(view.version(), index)))
                .map(compaction -> begin(compaction, view));
        return job;
      } finally {
        if (job.isEmpty()) {
          core.views().release(view);
        }
      }
    }
  }

  /** The deletes of ranges in the tables of an index; kept while the version stays the same. */
  private RangeTombstones ranges(Version version, int index) throws IOException {
    if (version != rangesOf) {
      ranges.clear();
      rangesOf = version;
    }
    RangeTombstones known = ranges.get(index);
    if (known == null) {
      List<RangeTombstones> lists = new ArrayList<>();
      for (int level = 0; level < Version.LEVELS; level++) {
        for (TableMeta table : version.level(index, level)) {
          if (table.ranges() > 0) {
            lists.add(core.tables().ranges(table.number()));
          }
        }
      }
      known = RangeTombstones.union(lists);
      ranges.put(index, known);
    }
    return known;
  }

  private CompactionJob begin(Compaction compaction, View view) {
    busy.begin(compaction);
    var job =
        new CompactionJob(
            core, versions, throttle, compaction, view, core.options().compactionThreads());
    jobs.add(job);
    return job;
  }

  /** Does it and ends it, whatever comes of it. */
  void finish(CompactionJob job) throws IOException {
    try {
      core.space()
          .retried(
              () -> {
                job.run();
                return job;
              });
    } finally {
      jobs.remove(job);
      job.close();
      synchronized (picking) {
        busy.end(job.compaction());
      }
    }
  }

  /** Deletes the tables that nobody can read any more. */
  void deleteObsolete() throws IOException {
    for (Optional<Long> next = core.views().pollObsolete();
        next.isPresent();
        next = core.views().pollObsolete()) {
      core.tables().forget(next.get());
      core.disk().delete(TableFormat.fileName(next.get()));
      core.space().changed();
    }
  }
}
