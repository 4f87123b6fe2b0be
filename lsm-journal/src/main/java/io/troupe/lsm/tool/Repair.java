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
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a store that is broken open again, with everything that can be proven good: nothing that
 * does not verify, nothing twice, newest versions on top. Tells what is lost. Files that are
 * replaced are kept in a directory {@code quarantine-<n>} of the store.
 *
 * <p>A crash leaves the store as it was or repaired; then the repair is to be run again.
 */
public final class Repair {

  private static final String MARKER = "INCOMPLETE";

  private static final int MAX_ROUNDS = 3;

  private Repair() {}

  /**
   * Repairs the store in a directory.
   *
   * @param dryRun only tells what would be done
   * @param names for indices, by id, whose own are lost
   * @throws IOException when a process has the store open, when it cannot be repaired (which names
   *     the reason; nothing was lost by trying), or when the disk fails
   */
  public static RepairReport run(Path directory, boolean dryRun, Map<Integer, String> names)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString(), null, "there is no such directory");
    }
    Disk disk = dryRun ? FileDisk.readOnly(directory) : FileDisk.in(directory);
    Closeable lock = disk.lock();
    try (lock) {
      return run(disk, dryRun, names, () -> shelf(directory));
    }
  }

  private static Disk shelf(Path directory) throws IOException {
    for (int number = 1; ; number++) {
      Path quarantine = directory.resolve("quarantine-" + number);
      if (!Files.exists(quarantine)) {
        return FileDisk.in(quarantine);
      }
    }
  }

  /** As {@link #run(Path, boolean, Map)}, on a disk that is locked. */
  static RepairReport run(Disk disk, boolean dryRun, Map<Integer, String> names, Shelf shelf)
      throws IOException {
    if (disk.list().contains(MARKER)) {
      throw new IOException(
          "the directory holds a copy of a store that was not finished (file "
              + MARKER
              + "): make the copy again");
    }
    List<Loss> losses = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    // What a manifest says can be compared with the log only when it has become the current one.
    for (int round = 0; round < MAX_ROUNDS; round++) {
      List<Finding> findings = new ArrayList<>();
      if (Verify.run(disk, findings::add) == 0) {
        return new RepairReport(
            steps.isEmpty() ? RepairReport.Outcome.WHOLE : RepairReport.Outcome.REPAIRED,
            losses,
            steps,
            notes);
      }
      OtherFormat.reject(disk.list(), findings);
      Set<String> broken =
          findings.stream().filter(Finding::broken).map(Finding::file).collect(Collectors.toSet());
      RepairPlan plan = plan(disk, broken, names);
      steps.addAll(plan.steps());
      steps.add("write a manifest");
      if (dryRun) {
        return new RepairReport(RepairReport.Outcome.PLANNED, plan.losses(), steps, plan.notes());
      }
      losses.addAll(RepairWork.run(disk, plan, shelf));
      notes.addAll(plan.notes());
    }
    throw new IOException("after the repair the store does not verify; what there was is kept");
  }

  private static RepairPlan plan(Disk disk, Set<String> broken, Map<Integer, String> names)
      throws IOException {
    Optional<Version> version = current(disk);
    if (version.isPresent() && !isIncomplete(disk, version.get())) {
      return RepairPlanner.plan(disk, version.get(), broken);
    }
    if (version.isPresent()) {
      return RebuildPlanner.plan(disk, broken, RepairWork.unfinished(disk), names);
    }
    // Of the current manifest at least one edit is missing, so none before it counts.
    long above = 0;
    Optional<String> current = Manifest.currentFile(disk);
    for (long number : Manifest.numbers(disk)) {
      if (current.isPresent() && Manifest.fileName(number).compareTo(current.get()) <= 0) {
        above = number;
      }
    }
    // Of a repair that was not finished there is one, too: it knows nothing of what was lost.
    long below = RepairWork.unfinished(disk);
    Optional<Version> unnamed = RepairPlanner.unnamed(disk, above, below);
    if (unnamed.isPresent()) {
      return RepairPlanner.plan(disk, unnamed.get(), broken);
    }
    if (disk.list().stream().noneMatch(name -> name.endsWith(".sst"))
        && WalReplay.segments(disk).isEmpty()) {
      throw new IOException("there is no store in there");
    }
    return RebuildPlanner.plan(disk, broken, below, names);
  }

  /**
   * Whether edits at the end of a manifest are gone, though it reads as if a crash had torn the
   * last one: then tables, or segments of the log, had been replaced by tables that it does not
   * name.
   */
  private static boolean isIncomplete(Disk disk, Version version) throws IOException {
    long unfinished = RepairWork.unfinished(disk);
    List<Long> needed =
        WalReplay.segments(disk).stream().filter(segment -> segment >= version.walFrom()).toList();
    Set<Long> tables =
        disk.list().stream()
            .map(TableFormat::number)
            .flatMap(Optional::stream)
            .filter(number -> number < unfinished)
            .collect(Collectors.toSet());
    Set<Long> named = version.all().stream().map(TableMeta::number).collect(Collectors.toSet());
    boolean missing =
        !tables.containsAll(named) || (!needed.isEmpty() && needed.getFirst() > version.walFrom());
    return missing && !named.containsAll(tables);
  }

  private static Optional<Version> current(Disk disk) throws IOException {
    try {
      return Manifest.load(disk);
    } catch (CorruptionException | IllegalStateException e) {
      return Optional.empty(); // what is told of it has been told by the verification
    }
  }
}
