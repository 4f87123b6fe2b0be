package io.troupe.lsm.tool;

import io.troupe.lsm.compaction.Deeper;
import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.memtable.SlabPool;
import io.troupe.lsm.range.GrowingTombstones;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.WalFormat;
import java.io.IOException;
import java.util.List;

/** Writes what a log has as tables on level 0, as flushes of its memtables would have. */
final class LogTables {

  private static final long MEMTABLE_BYTES = 16L << 20;

  private static final long[] NO_SNAPSHOTS = {};

  private final RepairPlan.Log log;
  private final RepairTables tables;
  private final SlabPool slabs = new SlabPool(MEMTABLE_BYTES);
  private Version version;
  private Memtable memtable;

  private LogTables(RepairPlan.Log log, RepairTables tables, Version version) {
    this.log = log;
    this.tables = tables;
    this.version = version;
    this.memtable = new Memtable(0, slabs);
  }

  /** Returns the version with the tables; they are synced, their names are not. */
  static Version write(Disk disk, RepairPlan.Log log, RepairTables tables, Version version)
      throws IOException {
    var writing = new LogTables(log, tables, version);
    LogSalvage.visit(disk, log.frames(), writing::batch);
    writing.flush();
    return writing.version;
  }

  private void batch(long sequence, int epoch, Operations operations) throws IOException {
    while (operations.next()) {
      byte kind = operations.kind();
      if (kind == WalFormat.DECLARE || !log.isNew(operations.index(), sequence)) {
        continue;
      }
      if (!Kind.isKnown(kind) && kind != Operations.DELETE_RANGE) {
        throw new IOException("batch " + sequence + " has an operation of unknown kind " + kind);
      }
      memtable.put(operations, sequence);
    }
    memtable.wrote(sequence);
    if (memtable.bytes() >= MEMTABLE_BYTES) {
      flush();
    }
  }

  private void flush() throws IOException {
    for (int index = 0; index < memtable.indices(); index++) {
      SkipList list = memtable.list(index);
      GrowingTombstones growing = memtable.ranges(index);
      if (list != null || growing != null) {
        flush(
            index,
            list == null ? new MergeCursor(List.of(), false) : list.ascending(new byte[0]),
            growing == null ? RangeTombstones.NONE : growing.all());
      }
    }
    memtable.retain();
    memtable.release();
    memtable = new Memtable(0, slabs);
  }

  private void flush(int index, EntryCursor entries, RangeTombstones ranges) throws IOException {
    // Nothing is dropped that could hide something: it is not asked what the tables really have.
    RangeTombstones kept = VersionFilter.ranges(ranges, NO_SNAPSHOTS, deeper(index));
    TableWriter writer = null;
    try (var filtered = new VersionFilter(entries, NO_SNAPSHOTS, ranges, deeper(index))) {
      while (filtered.next()) {
        if (writer == null) {
          writer = tables.begin(index, 0);
        }
        writer.add(filtered);
      }
      if (!kept.isEmpty()) {
        if (writer == null) {
          writer = tables.begin(index, 0);
        }
        for (RangeTombstone range : kept.all()) {
          writer.addRange(range.from(), range.to(), range.sequence());
        }
      }
      if (writer != null) {
        version =
            version.apply(
                new VersionEdit(
                    List.of(),
                    List.of(new VersionEdit.Added(0, writer.finish())),
                    List.of(),
                    0,
                    0,
                    0));
      }
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }

  private Deeper deeper(int index) {
    return new Deeper(version, index, -1, (table, key, length) -> true);
  }
}
