package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.table.BlockCache;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.WalReplay;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Takes a checkpoint over into a new directory, once every byte of it has verified. */
final class Restore {

  private static final int OPEN_TABLES = 4;

  private Restore() {}

  /** Returns the number of the last commit that the new store has. */
  static long run(Disk source, Disk target, StoreOptions options) throws IOException {
    Closeable lock = source.lock();
    try (lock) {
      Recovery.Loaded loaded = new Recovery(source, options).load();
      Version version =
          loaded
              .version()
              .orElseThrow(() -> new IOException("there is no store in the directory of the copy"));
      for (TableMeta table : version.all()) {
        verify(source, table);
      }
      try (StoreCopy copy = StoreCopy.begin(target)) {
        for (TableMeta table : version.all()) {
          copy.take(source, TableFormat.fileName(table.number()), Optional.empty());
        }
        for (long segment : loaded.segments()) {
          if (segment >= version.walFrom()) {
            copy.copy(source, WalReplay.fileName(segment));
          }
        }
        copy.finish(version);
      }
      return loaded.lastSequence();
    }
  }

  private static void verify(Disk source, TableMeta table) throws IOException {
    var tables = new TableCache(source, new BlockCache(0), OPEN_TABLES);
    try (EntryCursor entries = tables.ascending(table.number(), new byte[0], false)) {
      long count = 0;
      while (entries.next()) {
        count++;
      }
      if (count != table.entries()) {
        throw new CorruptionException(
            TableFormat.fileName(table.number()),
            0,
            "the table has " + count + " entries, the manifest says " + table.entries());
      }
    } finally {
      tables.close();
    }
  }
}
