package io.troupe.lsm;

import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tables of one flush or one compaction. They belong to nobody until an edit names them.
 */
final class TableMerge {

  private final Disk disk;
  private final AtomicLong nextFile;
  private final int level;
  private final long tableBytes;
  private final BooleanSupplier cancelled;
  private final List<VersionEdit.Added> added = new ArrayList<>();
  private final List<Long> files = new ArrayList<>();
  private @Nullable TableWriter current;

  /**
   * @param level where the tables go
   * @param tableBytes size at which the next table is started
   * @param cancelled whether the store is being closed
   */
  TableMerge(
      Disk disk, AtomicLong nextFile, int level, long tableBytes, BooleanSupplier cancelled) {
    this.disk = disk;
    this.nextFile = nextFile;
    this.level = level;
    this.tableBytes = tableBytes;
    this.cancelled = cancelled;
  }

  /**
   * Writes what a filter keeps of the entries of an index; all versions of a key into the same
   * table. Closes the cursor.
   *
   * @throws StoreException CLOSED when cancelled
   */
  void write(EntryCursor entries, VersionFilter filter, int index) throws IOException {
    try (entries) {
      while (entries.next()) {
        if (cancelled.getAsBoolean()) {
          throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
        }
        byte[] key = entries.keyBuffer();
        int length = entries.keyLength();
        if (filter.keep(key, length, entries.sequence(), entries.kind())) {
          TableWriter writer = current;
          if (writer != null && writer.bytes() >= tableBytes && !writer.endsWith(key, length)) {
            finish();
          }
          writer(index).add(entries);
        }
      }
    }
    finish();
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
      disk.delete(TableFormat.fileName(file));
    }
  }

  private TableWriter writer(int index) throws IOException {
    TableWriter writer = current;
    if (writer == null) {
      long number = nextFile.getAndIncrement();
      files.add(number);
      writer = new TableWriter(disk, number, index);
      current = writer;
    }
    return writer;
  }

  private void finish() throws IOException {
    TableWriter writer = current;
    if (writer != null) {
      added.add(new VersionEdit.Added(level, writer.finish()));
      current = null;
      writer.close();
    }
  }
}
