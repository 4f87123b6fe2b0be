package io.troupe.lsm.version;

import io.troupe.lsm.Index;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of a store at one moment, and how far they reach. Immutable.
 *
 * <p>Level 0 of an index holds whole memtables, the newest first; their keys overlap. On each level
 * below, the tables are ordered by key and do not overlap. All versions of a key on a level are
 * newer than those on the levels below.
 */
public final class Version {

  /** Levels of an index, level 0 included. */
  public static final int LEVELS = 7;

  private static final Comparator<TableMeta> NEWEST_FIRST =
      Comparator.comparingLong(TableMeta::highestSequence)
          .thenComparingLong(TableMeta::number)
          .reversed();
  private static final Comparator<TableMeta> BY_KEY =
      Comparator.comparing(TableMeta::smallest, Arrays::compareUnsigned);
  private static final List<List<TableMeta>> NO_TABLES =
      Stream.generate(List::<TableMeta>of).limit(LEVELS).toList();

  private final List<Index> indices;
  private final List<List<List<TableMeta>>> tables; // by index id, level
  private final long flushedSequence;
  private final long walFrom;
  private final long nextFile;
  private final BitSet deletedIn; // indices with tables that have deletes of ranges

  private Version(
      List<Index> indices,
      List<List<List<TableMeta>>> tables,
      long flushedSequence,
      long walFrom,
      long nextFile) {
    this.indices = indices;
    this.tables = tables;
    this.flushedSequence = flushedSequence;
    this.walFrom = walFrom;
    this.nextFile = nextFile;
    this.deletedIn = new BitSet();
    for (TableMeta table : all()) {
      if (table.ranges() > 0) {
        deletedIn.set(table.index());
      }
    }
  }

  /** A store without anything. */
  public static Version empty() {
    return new Version(List.of(), List.of(), 0, 1, 1);
  }

  /** The indices that tables or the manifest know. */
  public List<Index> indices() {
    return indices;
  }

  /** One more than the highest index id with tables. */
  public int indexCount() {
    return tables.size();
  }

  /** The tables of a level of an index. */
  public List<TableMeta> level(int index, int level) {
    return levels(index).get(level);
  }

  /** The tables of all levels of an index. */
  public List<List<TableMeta>> levels(int index) {
    return index < tables.size() ? tables.get(index) : NO_TABLES;
  }

  /** Whether any table of an index has deletes of ranges. */
  public boolean hasRanges(int index) {
    return deletedIn.get(index);
  }

  /** Every table. */
  public List<TableMeta> all() {
    return tables.stream().flatMap(List::stream).flatMap(List::stream).toList();
  }

  /** All batches up to this sequence number are in tables. */
  public long flushedSequence() {
    return flushedSequence;
  }

  /** The first segment of the log that is needed. */
  public long walFrom() {
    return walFrom;
  }

  /** A number that no file has had. */
  public long nextFile() {
    return nextFile;
  }

  /** The largest number of tables on level 0 of any index. */
  public int maxLevel0() {
    int max = 0;
    for (List<List<TableMeta>> levels : tables) {
      max = Math.max(max, levels.get(0).size());
    }
    return max;
  }

  /** The size of the tables of a level of an index. */
  public long bytes(int index, int level) {
    long bytes = 0;
    for (TableMeta table : level(index, level)) {
      bytes += table.bytes();
    }
    return bytes;
  }

  /** The tables of a level that have keys in a span; below level 0 in order. */
  public List<TableMeta> overlapping(int index, int level, Span span) {
    List<TableMeta> tables = level(index, level);
    if (level == 0) {
      return tables.stream().filter(table -> table.span().overlaps(span)).toList();
    }
    int from = firstReaching(tables, span.smallest());
    int to = from;
    while (to < tables.size() && !span.endsBefore(tables.get(to).smallest())) {
      to++;
    }
    return tables.subList(from, to);
  }

  /** The place of the first of sorted tables that does not end before a key. */
  public static int firstReaching(List<TableMeta> sorted, byte[] key) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).endsBefore(key)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** This version with an edit. */
  public Version apply(VersionEdit edit) {
    List<Index> names = new ArrayList<>(indices);
    names.addAll(edit.declared());
    List<List<List<TableMeta>>> changed = new ArrayList<>(tables);
    for (VersionEdit.Added added : edit.added()) {
      while (changed.size() <= added.table().index()) {
        changed.add(NO_TABLES);
      }
    }
    for (int index = 0; index < changed.size(); index++) {
      int id = index;
      boolean touched =
          edit.added().stream().anyMatch(a -> a.table().index() == id)
              || edit.removed().stream().anyMatch(r -> r.index() == id);
      if (touched) {
        changed.set(id, changed(changed.get(id), id, edit));
      }
    }
    return new Version(
        List.copyOf(names),
        List.copyOf(changed),
        Math.max(flushedSequence, edit.flushedSequence()),
        Math.max(walFrom, edit.walFrom()),
        Math.max(nextFile, edit.nextFile()));
  }

  /** The edit that makes this version out of the empty one. */
  public VersionEdit asEdit() {
    List<VersionEdit.Added> added = new ArrayList<>();
    for (List<List<TableMeta>> levels : tables) {
      for (int level = 0; level < LEVELS; level++) {
        for (TableMeta table : levels.get(level)) {
          added.add(new VersionEdit.Added(level, table));
        }
      }
    }
    return new VersionEdit(indices, added, List.of(), flushedSequence, walFrom, nextFile);
  }

  private static List<List<TableMeta>> changed(
      List<List<TableMeta>> levels, int index, VersionEdit edit) {
    List<List<TableMeta>> result = new ArrayList<>(LEVELS);
    for (int level = 0; level < LEVELS; level++) {
      int here = level;
      Set<Long> removed =
          edit.removed().stream()
              .filter(r -> r.index() == index && r.level() == here)
              .map(VersionEdit.Removed::number)
              .collect(Collectors.toSet());
      List<TableMeta> tables = new ArrayList<>(levels.get(level));
      int before = tables.size();
      tables.removeIf(table -> removed.contains(table.number()));
      if (before - tables.size() != removed.size()) {
        throw new IllegalStateException(
            "an edit removes a table that level " + level + " does not have");
      }
      edit.added().stream()
          .filter(a -> a.table().index() == index && a.level() == here)
          .map(VersionEdit.Added::table)
          .forEach(tables::add);
      tables.sort(level == 0 ? NEWEST_FIRST : BY_KEY);
      if (level > 0) {
        checkDisjoint(tables, level);
      }
      result.add(List.copyOf(tables));
    }
    return List.copyOf(result);
  }

  private static void checkDisjoint(List<TableMeta> tables, int level) {
    for (int i = 1; i < tables.size(); i++) {
      if (!tables.get(i - 1).endsBefore(tables.get(i).smallest())) {
        throw new IllegalStateException("tables overlap on level " + level);
      }
    }
  }
}
