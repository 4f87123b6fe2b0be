package io.troupe.lsm.tool;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Carries a plan out. Order on disk: new tables, synced; what they replace, and every manifest, in
 * quarantine, synced; then a new manifest becomes the current one; the marker goes, and only then
 * what was replaced. So a crash leaves the store as it was, and tables of nobody, or the repaired
 * one.
 */
final class RepairWork {

  /** An unused name of a file that every open deletes. */
  private static final String MARKER_PREFIX = "repair-";

  private static final String MARKER_SUFFIX = ".tmp";
  private static final String CURRENT = "CURRENT";

  private final Disk disk;
  private final RepairPlan plan;
  private final RepairTables tables;
  private final List<Loss> losses;
  private final Map<Long, Long> rewritten = new HashMap<>(); // number now by number before

  private RepairWork(Disk disk, RepairPlan plan) {
    this.disk = disk;
    this.plan = plan;
    this.tables = new RepairTables(disk, plan.firstFile());
    this.losses = new ArrayList<>(plan.losses());
  }

  /** Repairs; returns all losses, those found meanwhile included. */
  static List<Loss> run(Disk disk, RepairPlan plan, Shelf shelf) throws IOException {
    return new RepairWork(disk, plan).run(shelf);
  }

  /**
   * From which number on tables and manifests are of a repair that did not come to its end.
   *
   * @return more than any number when there was none
   */
  static long unfinished(Disk disk) throws IOException {
    long first = Long.MAX_VALUE;
    for (String name : disk.list()) {
      if (name.startsWith(MARKER_PREFIX) && name.endsWith(MARKER_SUFFIX)) {
        String digits =
            name.substring(MARKER_PREFIX.length(), name.length() - MARKER_SUFFIX.length());
        if (digits.matches("[0-9a-f]{16}")) {
          first = Math.min(first, Long.parseUnsignedLong(digits, 16));
        }
      }
    }
    Optional<Long> current = Manifest.currentNumber(disk);
    boolean finished = current.isPresent() && current.get() >= first; // but for its marker
    return finished ? Long.MAX_VALUE : first;
  }

  private List<Loss> run(Shelf shelf) throws IOException {
    Disk kept = shelf.next();
    String marker = MARKER_PREFIX + String.format("%016x", plan.firstFile()) + MARKER_SUFFIX;
    if (!disk.list().contains(marker)) { // as when the power failed before there was a table
      try (DiskFile file = disk.create(marker)) {
        file.force();
      }
    }
    disk.sync();
    Version version;
    try {
      version = version();
    } catch (NoSpaceException e) {
      tables.abandon();
      disk.sync(); // without the marker a part of a table would be taken for a broken one
      disk.delete(marker);
      throw e;
    }
    long manifest = tables.take();
    version = version.apply(new VersionEdit(List.of(), List.of(), List.of(), 0, 0, manifest + 1));
    disk.sync();
    Set<String> there = new TreeSet<>(disk.list());
    Set<String> keep = new TreeSet<>(plan.replaced());
    for (long number : Manifest.numbers(disk)) {
      keep.add(Manifest.fileName(number));
    }
    keep.add(CURRENT);
    keep.retainAll(there);
    new Quarantine(disk, kept).keep(keep);
    Manifest.create(disk, version, manifest).close();
    for (String name : there) {
      if (name.startsWith(MARKER_PREFIX) && name.endsWith(MARKER_SUFFIX)) {
        disk.delete(name);
      }
    }
    disk.sync(); // first: what the marker says is not of the store must not be all that is left
    for (String name : plan.replaced()) {
      disk.delete(name);
    }
    disk.sync();
    return losses;
  }

  private Version version() throws IOException {
    List<VersionEdit.Added> added = new ArrayList<>();
    List<Long> temporary = new ArrayList<>();
    for (RepairPlan.Rewrite rewrite : plan.rewrites()) {
      try (TableWriter writer = tables.begin(rewrite.index(), Math.max(0, rewrite.level()))) {
        TableMeta meta = TableRemains.write(disk, rewrite.number(), writer);
        rewritten.put(rewrite.number(), meta.number());
        if (rewrite.level() < 0) {
          temporary.add(meta.number());
        } else {
          added.add(new VersionEdit.Added(rewrite.level(), meta));
        }
      }
    }
    for (RepairPlan.Merge merge : plan.merges()) {
      merge(merge, added);
    }
    for (long number : temporary) {
      disk.delete(TableFormat.fileName(number));
    }
    Version version = plan.base().apply(new VersionEdit(List.of(), added, List.of(), 0, 0, 0));
    if (plan.log().isPresent()) {
      version = LogTables.write(disk, plan.log().get(), tables, version);
      long last =
          Math.max(
              plan.log().get().frames().end(),
              version.all().stream().mapToLong(TableMeta::highestSequence).max().orElse(0));
      version =
          version.apply(
              new VersionEdit(List.of(), List.of(), List.of(), last, plan.nextSegment(), 0));
    }
    return version;
  }

  private void merge(RepairPlan.Merge merge, List<VersionEdit.Added> added) throws IOException {
    List<Long> needed = new ArrayList<>(merge.tables());
    try (var merging = new RepairMerge(disk)) {
      Superseded.Found superseded = merging.superseded(needed, rewritten);
      needed.removeAll(superseded.unneeded());
      if (superseded.ambiguous()) {
        losses.add(
            Loss.of(
                    CURRENT,
                    0,
                    "tables of a merge and tables that it replaced are both there in part: what was"
                        + " deleted may be seen again, and counters may be wrong")
                .in(merge.index(), plan.base())
                .keys(Optional.empty(), Optional.empty()));
      }
      List<Long> numbers = RepairMerge.now(needed, rewritten);
      for (TableMeta table : merging.write(numbers, merge.index(), tables)) {
        added.add(new VersionEdit.Added(Version.LEVELS - 1, table));
      }
    }
  }
}
