package io.troupe.lsm.tool;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.FileDisk;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.WalReplay;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads every byte of a store and tells all that does not hold: checksums, the order of entries,
 * tables of a level that overlap, what the manifest says of each table, filters that do not know
 * their keys, gaps in the log, files of nobody. Writes nothing.
 */
public final class Verify {

  private static final String MARKER = "INCOMPLETE";
  private static final Set<String> OTHERS = Set.of("CURRENT", "reserve");
  private static final Pattern QUARANTINE = Pattern.compile("quarantine-[0-9]+");

  private Verify() {}

  /**
   * Verifies the store in a directory.
   *
   * @param found told of each finding as it comes
   * @return how many things are wrong; notes do not count
   * @throws IOException when a process has the store open, or the disk fails
   */
  public static int run(Path directory, Consumer<Finding> found) throws IOException {
    Disk disk = FileDisk.readOnly(directory);
    Closeable lock = disk.lock();
    try (lock) {
      return run(disk, found);
    }
  }

  static int run(Disk disk, Consumer<Finding> found) throws IOException {
    List<Finding> broken = new ArrayList<>();
    Consumer<Finding> all =
        finding -> {
          if (finding.broken()) {
            broken.add(finding);
          }
          found.accept(finding);
        };
    Optional<Version> version = version(disk, all);
    if (version.isPresent()) {
      tables(disk, version.get(), all);
    } else {
      tablesAlone(disk, all);
    }
    // Without a manifest it is not known which part of the log is needed.
    List<Long> segments = WalReplay.segments(disk);
    long from = version.map(Version::walFrom).orElse(segments.isEmpty() ? 1L : segments.getFirst());
    long flushed = version.map(Version::flushedSequence).orElse(Long.MAX_VALUE - 1);
    long last = LogCheck.run(disk, from, flushed, all);
    version.ifPresent(known -> sequences(known, last, all));
    leftovers(disk, all);
    return broken.size();
  }

  private static Optional<Version> version(Disk disk, Consumer<Finding> found) throws IOException {
    try {
      Optional<Version> version = Manifest.load(disk);
      if (version.isEmpty()) {
        found.accept(new Finding(true, "CURRENT", 0, "the file is missing"));
      }
      Manifest.tornTail(disk)
          .ifPresent(
              torn ->
                  found.accept(
                      new Finding(
                          false,
                          torn.file(),
                          torn.offset(),
                          "the manifest ends with an edit that does not verify")));
      return version;
    } catch (CorruptionException e) {
      found.accept(Finding.broken(e));
    } catch (IllegalStateException e) {
      found.accept(
          new Finding(true, "CURRENT", 0, "its manifest contradicts itself: " + e.getMessage()));
    }
    return Optional.empty();
  }

  private static void tables(Disk disk, Version version, Consumer<Finding> found)
      throws IOException {
    Set<String> there = Set.copyOf(disk.list());
    Set<Long> known = new HashSet<>();
    for (TableMeta table : version.all()) {
      known.add(table.number());
      if (there.contains(TableFormat.fileName(table.number()))) {
        TableCheck.run(disk, table, found);
      } else {
        found.accept(
            new Finding(true, TableFormat.fileName(table.number()), 0, "the table is missing"));
      }
    }
    for (String name : there) {
      Optional<Long> number = TableFormat.number(name);
      if (number.isPresent() && !known.contains(number.get())) {
        found.accept(new Finding(false, name, 0, "a table that the manifest does not name"));
      }
    }
  }

  /** As far as tables can be checked without a manifest. */
  private static void tablesAlone(Disk disk, Consumer<Finding> found) throws IOException {
    for (String name : disk.list()) {
      Optional<Long> number = TableFormat.number(name);
      if (number.isPresent()) {
        TableCheck.run(disk, number.get(), found);
      }
    }
  }

  private static void sequences(Version version, long last, Consumer<Finding> found) {
    for (TableMeta table : version.all()) {
      if (table.highestSequence() > last) {
        found.accept(
            new Finding(
                true,
                TableFormat.fileName(table.number()),
                0,
                "it has sequence number "
                    + table.highestSequence()
                    + ", the store ends with "
                    + last));
      }
    }
  }

  private static void leftovers(Disk disk, Consumer<Finding> found) throws IOException {
    Optional<String> current = Manifest.currentFile(disk);
    Set<String> segments = new HashSet<>();
    for (long segment : WalReplay.segments(disk)) {
      segments.add(WalReplay.fileName(segment));
    }
    for (String name : disk.list()) {
      if (name.equals(MARKER)) {
        found.accept(new Finding(true, name, 0, "a copy of a store that was not finished"));
      } else if (name.endsWith(".tmp")) {
        found.accept(
            new Finding(
                false,
                name,
                0,
                "a file without content: used again, or deleted, by the next open"));
      } else if (Manifest.isManifest(name)) {
        if (current.isPresent() && !current.get().equals(name)) {
          found.accept(new Finding(false, name, 0, "a manifest that is not the current one"));
        }
      } else if (TableFormat.number(name).isEmpty()
          && !segments.contains(name)
          && !OTHERS.contains(name)
          && !QUARANTINE.matcher(name).matches()) {
        found.accept(new Finding(false, name, 0, "a file that is none of a store"));
      }
    }
  }
}
