package io.troupe.lsm.tool;

import io.troupe.lsm.Index;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.FileDisk;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.WalReplay;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a store has, by its manifest and its log.
 *
 * @param levels those that have tables
 * @param segments of the log that are needed
 * @param flushedSequence all batches up to this one are in tables
 * @param lastSequence number of the last batch
 */
public record Stats(List<Level> levels, long segments, long flushedSequence, long lastSequence) {

  public Stats {
    levels = List.copyOf(levels);
  }

  /** The tables of one level of an index. */
  public record Level(
      String index, int level, int tables, long bytes, long entries, long deletes, long ranges) {}

  /** Counts what the store in a directory has. */
  public static Stats of(Path directory) throws IOException {
    Disk disk = FileDisk.readOnly(directory);
    Closeable lock = disk.lock();
    try (lock) {
      Version version =
          Manifest.load(disk).orElseThrow(() -> new IOException("there is no store in there"));
      List<Level> levels = new ArrayList<>();
      for (Index index : version.indices()) {
        for (int level = 0; level < Version.LEVELS; level++) {
          List<TableMeta> tables = version.level(index.id(), level);
          if (!tables.isEmpty()) {
            levels.add(
                new Level(
                    index.name(),
                    level,
                    tables.size(),
                    tables.stream().mapToLong(TableMeta::bytes).sum(),
                    tables.stream().mapToLong(TableMeta::entries).sum(),
                    tables.stream().mapToLong(TableMeta::tombstones).sum(),
                    tables.stream().mapToLong(TableMeta::ranges).sum()));
          }
        }
      }
      long segments = WalReplay.segments(disk).stream().filter(s -> s >= version.walFrom()).count();
      long last = LogCheck.run(disk, version.walFrom(), version.flushedSequence(), finding -> {});
      return new Stats(levels, segments, version.flushedSequence(), last);
    }
  }
}
