package io.troupe.lsm.tool;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.Index;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import io.troupe.lsm.wal.WalReplay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds out what is left of a store whose manifest can be read, and plans its repair. */
final class RepairPlanner {

  private final Disk disk;
  private final Version version;
  private final Set<String> there;
  private final List<VersionEdit.Added> kept = new ArrayList<>();
  private final List<RepairPlan.Rewrite> rewrites = new ArrayList<>();
  private final List<Loss> losses = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();
  private final Set<String> replaced = new TreeSet<>();
  private final List<Index> indices = new ArrayList<>();

  private RepairPlanner(Disk disk, Version version) throws IOException {
    this.disk = disk;
    this.version = version;
    this.there = Set.copyOf(disk.list());
    this.indices.addAll(version.indices());
  }

  /**
   * Plans.
   *
   * @param broken files that do not verify
   */
  static RepairPlan plan(Disk disk, Version version, Set<String> broken) throws IOException {
    return new RepairPlanner(disk, version).plan(broken);
  }

  private RepairPlan plan(Set<String> broken) throws IOException {
    for (int index = 0; index < version.indexCount(); index++) {
      for (int level = 0; level < Version.LEVELS; level++) {
        for (TableMeta table : version.level(index, level)) {
          String name = TableFormat.fileName(table.number());
          if (!there.contains(name)) {
            missing(name, table);
          } else if (broken.contains(name)) {
            rewrite(name, table, level);
          } else {
            kept.add(new VersionEdit.Added(level, table));
          }
        }
      }
    }
    boolean logIsBroken = isLogBroken(broken);
    Optional<RepairPlan.Log> log = logIsBroken ? Optional.of(log()) : Optional.empty();
    List<Long> segments = WalReplay.segments(disk);
    long nextSegment = Math.max(version.walFrom(), segments.isEmpty() ? 1 : segments.getLast() + 1);
    return new RepairPlan(
        Version.empty()
            .apply(
                new VersionEdit(
                    indices,
                    kept,
                    List.of(),
                    version.flushedSequence(),
                    version.walFrom(),
                    version.nextFile())),
        rewrites,
        List.of(),
        log,
        replaced,
        firstFile(disk, version.nextFile()),
        nextSegment,
        losses,
        steps,
        List.of());
  }

  /** A number above those of all files. */
  static long firstFile(Disk disk, long known) throws IOException {
    long highest = Math.max(known - 1, Manifest.highestNumber(disk));
    for (String name : disk.list()) {
      highest = Math.max(highest, TableFormat.number(name).orElse(0L));
    }
    return highest + 1;
  }

  private void missing(String name, TableMeta table) {
    losses.add(
        Loss.of(
                name,
                0,
                "the table is missing; older versions of its keys, and what it deleted, can be"
                    + " seen again")
            .in(table.index(), version)
            .keys(Optional.of(table.smallest()), Optional.of(table.largest()))
            .sequences(table.lowestSequence(), table.highestSequence()));
    steps.add("drop " + name + ", which is missing");
  }

  private void rewrite(String name, TableMeta table, int level) throws IOException {
    TableRemains.Found found = TableRemains.look(disk, table.number());
    losses.addAll(located(found.losses(), table, version));
    replaced.add(name);
    if (found.meta().isPresent()) {
      steps.add(
          "write "
              + name
              + " anew: "
              + found.meta().get().entries()
              + " entries and "
              + found.meta().get().ranges()
              + " deletes of ranges of "
              + table.entries()
              + " and "
              + table.ranges());
      rewrites.add(new RepairPlan.Rewrite(table.number(), table.index(), level));
    } else {
      steps.add("drop " + name + ", of which nothing can be read");
    }
  }

  /** Losses within a table of which it is known what it had. */
  static List<Loss> located(List<Loss> losses, TableMeta table, Version version) {
    return losses.stream()
        .filter(loss -> table.ranges() > 0 || !loss.what().equals(TableRemains.RANGES))
        .map(
            loss ->
                loss.in(table.index(), version)
                    .keys(
                        loss.from().or(() -> Optional.of(table.smallest())),
                        loss.through().or(() -> Optional.of(table.largest())))
                    .sequences(table.lowestSequence(), table.highestSequence()))
        .toList();
  }

  private boolean isLogBroken(Set<String> broken) {
    long highest = version.all().stream().mapToLong(TableMeta::highestSequence).max().orElse(0);
    return highest > version.flushedSequence()
        || broken.stream().anyMatch(name -> name.endsWith(".log"));
  }

  private RepairPlan.Log log() throws IOException {
    LogSalvage.Found found = LogSalvage.look(disk, version.walFrom(), version.flushedSequence());
    losses.addAll(losses(found));
    indices.addAll(declared(version, found.names()));
    steps.add(
        "write " + found.plan().used().size() + " frames of the log as tables, and end the log");
    for (long segment : WalReplay.segments(disk)) {
      if (segment >= version.walFrom()) {
        replaced.add(WalReplay.fileName(segment));
      }
    }
    return new RepairPlan.Log(found.plan(), Map.of(), version.flushedSequence());
  }

  /** What a log has lost. */
  static List<Loss> losses(LogSalvage.Found found) {
    List<Loss> losses = new ArrayList<>();
    for (LogPlan.Gap gap : found.plan().gaps()) {
      losses.add(
          Loss.of(
                  WalReplay.fileName(gap.segment()),
                  gap.offset(),
                  "batches of the log; what they changed is as it was before them")
              .sequences(gap.from(), gap.through()));
    }
    for (long segment : found.unreadable()) {
      losses.add(
          Loss.of(
                  WalReplay.fileName(segment),
                  0,
                  "the header of the segment does not verify: batches in it, if no other loss"
                      + " names them, are behind all others")
              .sequences(found.plan().end() + 1, Long.MAX_VALUE));
    }
    return losses;
  }

  /** Indices that were not known, by the names that the log gives them. */
  static List<Index> declared(Version version, Map<Integer, String> names) {
    return names.entrySet().stream()
        .filter(name -> version.indices().stream().noneMatch(known -> known.id() == name.getKey()))
        .map(name -> new Index(name.getValue(), name.getKey()))
        .toList();
  }

  /**
   * The version of a manifest that is whole, though nothing names it as the current one.
   *
   * @param above only those with a higher number
   * @param below only those with a lower number
   * @return none when there is none whose tables are all there
   */
  static Optional<Version> unnamed(Disk disk, long above, long below) throws IOException {
    Set<String> there = Set.copyOf(disk.list());
    for (long number : Manifest.numbers(disk).reversed()) {
      if (number <= above || number >= below) {
        continue;
      }
      Optional<Version> version = whole(disk, number);
      if (version.isPresent()
          && version.get().all().stream()
              .allMatch(table -> there.contains(TableFormat.fileName(table.number())))) {
        return version;
      }
    }
    return Optional.empty();
  }

  private static Optional<Version> whole(Disk disk, long number) throws IOException {
    try {
      return Optional.of(Manifest.load(disk, number));
    } catch (CorruptionException | IllegalStateException e) {
      return Optional.empty(); // the one before it may be whole
    }
  }
}
