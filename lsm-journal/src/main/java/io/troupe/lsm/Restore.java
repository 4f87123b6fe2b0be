package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableScan;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.WalReplay;
import java.io.Closeable;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a checkpoint over into a new directory, once every byte of it has verified. */
final class Restore {

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
      } catch (NoSpaceException e) {
        throw new NoSpaceException("no room for the restored store: " + e.getMessage(), e);
      }
      return loaded.lastSequence();
    }
  }

  /** Index, filter and ranges, too, which a walk over the entries need not touch. */
  private static void verify(Disk source, TableMeta table) throws IOException {
    String name = TableFormat.fileName(table.number());
    var check = new Verification(name);
    Optional<TableMeta> read;
    try {
      read = TableScan.scan(source, table.number(), check);
    } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
      throw new CorruptionException(name, 0, "its sections verify and make no sense: " + e);
    }
    if (!check.broken.isEmpty()) {
      throw check.broken.getFirst();
    }
    if (read.isEmpty() || read.get().entries() != table.entries()) {
      throw new CorruptionException(
          name,
          0,
          "the table has "
              + read.map(TableMeta::entries).orElse(0L)
              + " entries, the manifest says "
              + table.entries());
    }
  }

  private static final class Verification implements TableScan.Visitor {
    final List<CorruptionException> broken = new ArrayList<>();
    private final String name;

    Verification(String name) {
      this.name = name;
    }

    @Override
    public void broken(long offset, String what) {
      broken.add(new CorruptionException(name, offset, what));
    }
  }
}
