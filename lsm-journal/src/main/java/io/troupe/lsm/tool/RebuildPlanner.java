package io.troupe.lsm.tool;

import io.troupe.lsm.Index;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableScan;
import io.troupe.lsm.version.ManifestRemains;
import io.troupe.lsm.version.Span;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import io.troupe.lsm.wal.WalReplay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Plans the repair of a store that has no manifest any more: from its tables, of which each says
 * what index it belongs to and which sequence numbers it has, from the log, and from what edits of
 * manifests still verify. Tables whose keys do not overlap stay as they are; the others are merged.
 */
final class RebuildPlanner {

  /** Nothing but a manifest says which tables there were, and which of those there are live. */
  static final String UNNAMED =
      "no manifest: tables that are missing cannot be named, and what a merge had deleted a moment"
          + " before may be seen again";

  private static final int LAST_LEVEL = Version.LEVELS - 1;

  private final Disk disk;
  private final ManifestRemains remains;
  private final Map<Integer, String> names;
  private final Map<Integer, List<TableMeta>> found = new HashMap<>(); // by index
  private final Set<Long> broken = new HashSet<>(); // of these
  private final List<Loss> losses = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();
  private final Set<String> replaced = new TreeSet<>();

  private RebuildPlanner(Disk disk, ManifestRemains remains, Map<Integer, String> names) {
    this.disk = disk;
    this.remains = remains;
    this.names = new HashMap<>(names);
  }

  /**
   * Plans.
   *
   * @param bad files that do not verify
   * @param unfinished tables and manifests from this number on were written by a repair that was
   *     not finished
   * @param names that are given to indices, by id
   */
  static RepairPlan plan(Disk disk, Set<String> bad, long unfinished, Map<Integer, String> names)
      throws IOException {
    return new RebuildPlanner(disk, ManifestRemains.read(disk, unfinished), names)
        .plan(bad, unfinished);
  }

  private RepairPlan plan(Set<String> bad, long unfinished) throws IOException {
    List<TableMeta> lostMetas = new ArrayList<>();
    for (String name : disk.list()) {
      Optional<Long> number = TableFormat.number(name);
      if (number.isEmpty()) {
        continue;
      }
      if (number.get() >= unfinished || remains.gone().contains(number.get())) {
        replaced.add(name);
        steps.add("set " + name + " aside: it had been replaced, or was never finished");
      } else if (bad.contains(name)) {
        broken(name, number.get());
      } else {
        TableScan.scan(disk, number.get(), NOTHING).ifPresent(this::take);
      }
    }
    Set<String> there = Set.copyOf(disk.list());
    for (TableMeta table : remains.tables().values()) {
      if (!there.contains(TableFormat.fileName(table.number()))) {
        lostMetas.add(table);
      }
    }
    long inTables = remains.flushedSequence();
    Map<Integer, Long> byIndex = new HashMap<>();
    for (Map.Entry<Integer, List<TableMeta>> index : found.entrySet()) {
      long highest =
          index.getValue().stream().mapToLong(TableMeta::highestSequence).max().orElse(0);
      byIndex.put(index.getKey(), highest);
      inTables = Math.max(inTables, highest);
    }
    LogSalvage.Found log = LogSalvage.look(disk, 0, inTables);
    Version named = Version.empty().apply(edit(indices(log.names()), List.of()));
    for (TableMeta table : lostMetas) {
      losses.add(
          Loss.of(
                  TableFormat.fileName(table.number()),
                  0,
                  "a table that is missing, if it was still needed")
              .in(table.index(), named)
              .keys(Optional.of(table.smallest()), Optional.of(table.largest()))
              .sequences(table.lowestSequence(), table.highestSequence()));
    }
    losses.addAll(RepairPlanner.losses(log));
    List<VersionEdit.Added> kept = new ArrayList<>();
    List<RepairPlan.Rewrite> rewrites = new ArrayList<>();
    List<RepairPlan.Merge> merges = new ArrayList<>();
    found.forEach((index, tables) -> arrange(index, tables, kept, rewrites, merges));
    for (long segment : WalReplay.segments(disk)) {
      replaced.add(WalReplay.fileName(segment));
    }
    steps.add("write " + log.plan().used().size() + " frames of the log as tables");
    List<Long> segments = WalReplay.segments(disk);
    return new RepairPlan(
        named.apply(edit(List.of(), kept)),
        rewrites,
        merges,
        Optional.of(new RepairPlan.Log(log.plan(), byIndex, 0)),
        replaced,
        RepairPlanner.firstFile(disk, remains.nextFile()),
        segments.isEmpty() ? 1 : segments.getLast() + 1,
        losses.stream()
            .map(loss -> loss.index() < 0 ? loss : loss.in(loss.index(), named))
            .toList(),
        steps,
        List.of(UNNAMED));
  }

  private static VersionEdit edit(List<Index> indices, List<VersionEdit.Added> tables) {
    return new VersionEdit(indices, tables, List.of(), 0, 0, 0);
  }

  private void take(TableMeta table) {
    found.computeIfAbsent(table.index(), index -> new ArrayList<>()).add(table);
  }

  private void broken(String name, long number) throws IOException {
    replaced.add(name);
    TableRemains.Found table = TableRemains.look(disk, number);
    Optional<TableMeta> said = Optional.ofNullable(remains.tables().get(number));
    OptionalInt index =
        table.index().isPresent()
            ? table.index()
            : said.map(meta -> OptionalInt.of(meta.index())).orElse(OptionalInt.empty());
    if (index.isEmpty() || table.meta().isEmpty()) {
      losses.add(
          Loss.of(
                  name,
                  0,
                  table.meta().isEmpty()
                      ? "a table of which nothing can be read"
                      : "a table that does not say any more which index it belongs to")
              .sequences(
                  table.meta().map(TableMeta::lowestSequence).orElse(0L),
                  table.meta().map(TableMeta::highestSequence).orElse(0L)));
      return;
    }
    for (Loss loss : table.losses()) {
      losses.add(
          loss.in(index.getAsInt(), Version.empty())
              .keys(
                  loss.from().or(() -> said.map(TableMeta::smallest)),
                  loss.through().or(() -> said.map(TableMeta::largest))));
    }
    broken.add(number);
    TableMeta meta = table.meta().get();
    take(
        new TableMeta(
            number,
            index.getAsInt(),
            meta.bytes(),
            meta.entries(),
            meta.tombstones(),
            meta.ranges(),
            meta.lowestSequence(),
            meta.highestSequence(),
            meta.smallest(),
            meta.largest(),
            meta.openEnd()));
  }

  /** The name that was given counts, then that of the log, then that of a manifest. */
  private List<Index> indices(Map<Integer, String> inLog) {
    Map<Integer, String> all = new HashMap<>(remains.indices());
    all.putAll(inLog);
    all.putAll(names);
    for (int index : found.keySet()) {
      if (!all.containsKey(index)) {
        all.put(index, "index-" + index);
        losses.add(
            Loss.of(
                "CURRENT",
                0,
                "the name of the index with id "
                    + index
                    + ", which is called index-"
                    + index
                    + " unless one is given"));
      }
    }
    return all.entrySet().stream()
        .map(entry -> new Index(entry.getValue(), entry.getKey()))
        .sorted(Comparator.comparingInt(Index::id))
        .toList();
  }

  /** Tables whose keys overlap, also by way of others, are merged. */
  private void arrange(
      int index,
      List<TableMeta> tables,
      List<VersionEdit.Added> kept,
      List<RepairPlan.Rewrite> rewrites,
      List<RepairPlan.Merge> merges) {
    tables.sort(Comparator.comparing(TableMeta::smallest, Arrays::compareUnsigned));
    int from = 0;
    while (from < tables.size()) {
      Span span = tables.get(from).span();
      int to = from + 1;
      while (to < tables.size() && span.overlaps(tables.get(to).span())) {
        span = span.with(tables.get(to).span());
        to++;
      }
      List<TableMeta> together = tables.subList(from, to);
      boolean alone = together.size() == 1;
      for (TableMeta table : together) {
        if (broken.contains(table.number())) {
          rewrites.add(new RepairPlan.Rewrite(table.number(), index, alone ? LAST_LEVEL : -1));
        } else if (alone) {
          kept.add(new VersionEdit.Added(LAST_LEVEL, table));
        } else {
          replaced.add(TableFormat.fileName(table.number()));
        }
      }
      if (!alone) {
        merges.add(new RepairPlan.Merge(index, together.stream().map(TableMeta::number).toList()));
        steps.add("merge " + together.size() + " tables of index " + index);
      }
      from = to;
    }
  }

  private static final TableScan.Visitor NOTHING = (offset, what) -> {};
}
