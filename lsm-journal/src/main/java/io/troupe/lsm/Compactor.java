package io.troupe.lsm;

import io.troupe.lsm.compaction.Compaction;
import io.troupe.lsm.compaction.CompactionPicker;
import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Merges tables, and deletes those that nobody reads any more. For one thread. */
final class Compactor {

  /** Level 1 holds this many tables. */
  private static final int LEVEL1_TABLES = 8;

  private final EngineCore core;
  private final Versions versions;
  private final CompactionPicker picker;

  Compactor(EngineCore core, Versions versions) {
    this.core = core;
    this.versions = versions;
    this.picker = new CompactionPicker(LEVEL1_TABLES * core.options().tableBytes());
  }

  /** Does the compaction that is needed most, and deletes tables that nobody reads any more. */
  Engine.Step compact() throws IOException {
    deleteObsolete();
    if (core.failed()) {
      return Engine.Step.IDLE;
    }
    Version version = core.views().current().version();
    Optional<Compaction> picked = picker.pick(version, !core.hasRoom());
    if (picked.isEmpty()) {
      return Engine.Step.IDLE;
    }
    Compaction compaction = picked.get();
    try {
      core.space()
          .retried(
              () -> {
                compact(compaction);
                return compaction;
              });
    } catch (NoSpaceException e) {
      core.blockedBySpace(true);
      return Engine.Step.NO_SPACE;
    }
    core.blockedBySpace(false);
    deleteObsolete();
    return Engine.Step.MORE;
  }

  private void compact(Compaction compaction) throws IOException {
    List<VersionEdit.Removed> removed = new ArrayList<>();
    for (TableMeta table : compaction.upper()) {
      removed.add(new VersionEdit.Removed(compaction.index(), compaction.level(), table.number()));
    }
    for (TableMeta table : compaction.lower()) {
      removed.add(
          new VersionEdit.Removed(compaction.index(), compaction.outputLevel(), table.number()));
    }
    if (compaction.isMove()) {
      var moved = new VersionEdit.Added(compaction.outputLevel(), compaction.upper().getFirst());
      versions.edit(
          new VersionEdit(List.of(), List.of(moved), removed, 0, 0, 0), core.views()::compacted);
      return;
    }
    var outputs =
        new TableMerge(
            core.disk(),
            versions.nextFile(),
            compaction.outputLevel(),
            core.options().tableBytes(),
            core::isClosed);
    try {
      List<EntryCursor> sources = new ArrayList<>();
      for (TableMeta table : compaction.upper()) {
        sources.add(core.tables().ascending(table.number(), new byte[0], false));
      }
      for (TableMeta table : compaction.lower()) {
        sources.add(core.tables().ascending(table.number(), new byte[0], false));
      }
      outputs.write(
          new MergeCursor(sources, false),
          new VersionFilter(core.snapshots().all(), compaction.bottom()),
          compaction.index());
      core.disk().sync();
      versions.edit(
          new VersionEdit(List.of(), outputs.added(), removed, 0, 0, versions.nextFile().get()),
          core.views()::compacted);
    } catch (NoSpaceException | StoreException e) {
      outputs.abandon();
      throw e;
    }
    core.counters().compacted(compaction.bytes(), outputs.bytes());
    core.space().changed();
  }

  private void deleteObsolete() throws IOException {
    for (Optional<Long> next = core.views().pollObsolete();
        next.isPresent();
        next = core.views().pollObsolete()) {
      core.tables().forget(next.get());
      core.disk().delete(TableFormat.fileName(next.get()));
      core.space().changed();
    }
  }
}
