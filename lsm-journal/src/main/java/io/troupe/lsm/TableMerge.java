package io.troupe.lsm;

import io.troupe.lsm.compaction.OutputCuts;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tables of one flush, or of one part of a compaction. They belong to nobody until an
 * edit names them.
 */
final class TableMerge {

  /** Told of such pieces: often enough to spread the load of the disk evenly. */
  private static final long PIECE_BYTES = 256 << 10;

  private final EngineCore core;
  private final AtomicLong nextFile;
  private final int level;
  private final LongConsumer wrote;
  private final List<VersionEdit.Added> added = new ArrayList<>();
  private final List<Long> files = new ArrayList<>();
  private @Nullable TableWriter current;
  private long told; // bytes of the current table

  /**
   * @param level where the tables go
   * @param wrote told how many bytes were written; may pause
   */
  TableMerge(EngineCore core, AtomicLong nextFile, int level, LongConsumer wrote) {
    this.core = core;
    this.nextFile = nextFile;
    this.level = level;
    this.wrote = wrote;
  }

  /**
   * Writes entries of an index; all versions of a key into the same table. Deletes of ranges are
   * cut where tables end. Closes the cursor.
   *
   * @param cuts where tables end
   * @throws StoreException CLOSED when the store is being closed
   */
  void write(EntryCursor entries, RangeTombstones ranges, int index, OutputCuts cuts)
      throws IOException {
    byte[] start = new byte[0]; // of what the current table says something about
    try (entries) {
      while (entries.next()) {
        if (core.isClosed()) {
          throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
        }
        byte[] key = entries.keyBuffer();
        int length = entries.keyLength();
        TableWriter writer = current;
        if ((writer == null || !writer.endsWith(key, length))
            && cuts.before(key, length, writer == null ? 0 : writer.bytes())) {
          byte[] end = entries.copyKey();
          finish(ranges.within(start, end), index);
          start = end;
        }
        writer(index).add(entries);
      }
    }
    finish(ranges.within(start, null), index);
  }

  /**
   * The tables that were written; their contents are durable, their names after a sync of the
   * directory.
   */
  List<VersionEdit.Added> added() {
    return List.copyOf(added);
  }

  /** The size of them. */
  long bytes() {
    return added.stream().mapToLong(a -> a.table().bytes()).sum();
  }

  /** Deletes them. Only while it is certain that no edit names them. */
  void abandon() throws IOException {
    TableWriter writer = current;
    if (writer != null) {
      current = null;
      writer.close();
    }
    for (long file : files) {
      core.disk().delete(TableFormat.fileName(file));
    }
  }

  private TableWriter writer(int index) throws IOException {
    TableWriter writer = current;
    if (writer == null) {
      long number = nextFile.getAndIncrement();
      files.add(number);
      writer =
          new TableWriter(
              core.disk(),
              number,
              index,
              core.options().blockBytes(),
              core.options().compression(level));
      current = writer;
      told = 0;
    } else if (writer.bytes() - told >= PIECE_BYTES) {
      wrote.accept(writer.bytes() - told);
      told = writer.bytes();
    }
    return writer;
  }

  private void finish(RangeTombstones ranges, int index) throws IOException {
    if (!ranges.isEmpty()) {
      TableWriter with = writer(index);
      for (RangeTombstone range : ranges.all()) {
        with.addRange(range.from(), range.to(), range.sequence());
      }
    }
    TableWriter writer = current;
    if (writer != null) {
      var table = new VersionEdit.Added(level, writer.finish());
      added.add(table);
      current = null;
      writer.close();
      wrote.accept(Math.max(0, table.table().bytes() - told));
    }
  }
}
