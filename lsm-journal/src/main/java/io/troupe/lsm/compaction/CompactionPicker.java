package io.troupe.lsm.compaction;

import io.troupe.lsm.compaction.Compaction.Kind;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.version.Span;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the next compaction of a version. Pure.
 *
 * <ol>
 *   <li>Tables that deletes of ranges cover are dropped without being read.
 *   <li>Level 0 is merged into the base (see {@link LevelTargets}) when it has {@link
 *       #LEVEL0_TRIGGER} tables, of which one that is mostly deletes counts as two; a level below
 *       when it is larger than its target. What is furthest over goes first.
 *   <li>Tables that are mostly deletes go down though their level is not full: listing what was
 *       emptied has to step over each of them. With nothing below, they are rid of them in place.
 * </ol>
 */
public final class CompactionPicker {

  /**
   * Tables on level 0 from which on they are merged: fewer would rewrite the base too often, more
   * would slow reads.
   */
  public static final int LEVEL0_TRIGGER = 4;

  /** How much more than one table is merged at once, at most, when it costs nothing else. */
  private static final int MAX_UPPER_TABLES = 8;

  /** A table with fewer deletes than one in so many moves to the last level as it is. */
  private static final int FEW_DELETES = 10;

  /** The deletes of ranges in the tables of an index. */
  public interface Ranges {
    RangeTombstones of(int index) throws IOException;
  }

  /**
   * What a choice depends on besides the version.
   *
   * @param snapshots pinned sequence numbers, ascending
   * @param pressed the disk is nearly full: whatever has deletes goes down, so that they free what
   *     they hide
   * @param ranges asked when tables have any
   */
  public record Circumstances(long[] snapshots, boolean pressed, Ranges ranges) {}

  private record Due(int index, int level, double score) {}

  private final long batchBytes;
  private final long tableBytes;

  /**
   * @param memtableBytes about the size of a table of level 0
   * @param tableBytes size at which a merge starts the next table
   */
  public CompactionPicker(long memtableBytes, long tableBytes) {
    this.batchBytes = LEVEL0_TRIGGER * memtableBytes;
    this.tableBytes = tableBytes;
  }

  /** The compaction that is needed most and can run now; none when the tree is in shape. */
  public Optional<Compaction> pick(Version version, Busy busy, Circumstances circumstances)
      throws IOException {
    for (int index = 0; index < version.indexCount(); index++) {
      Optional<Compaction> drop = covered(version, busy, index, circumstances);
      if (drop.isPresent()) {
        return drop;
      }
    }
    var waiting = new BitSet(); // indices whose level 0 has to wait for the base
    for (Due due : due(version, busy)) {
      if (waiting.get(due.index()) && due.level() == base(version, due.index())) {
        continue; // else level 0 might wait forever
      }
      Optional<Compaction> picked = at(version, busy, due);
      if (picked.isPresent()) {
        return picked;
      }
      if (due.level() == 0) {
        waiting.set(due.index());
      }
    }
    for (int index = 0; index < version.indexCount(); index++) {
      Optional<Compaction> picked = deletes(version, busy, index, circumstances);
      if (picked.isPresent()) {
        return picked;
      }
    }
    return Optional.empty();
  }

  /** About how many bytes have to be merged until the tree is in shape. */
  public long pendingBytes(Version version) {
    long pending = 0;
    for (int index = 0; index < version.indexCount(); index++) {
      var targets = new LevelTargets(version, index, batchBytes);
      List<TableMeta> level0 = version.level(index, 0);
      if (level0.size() >= LEVEL0_TRIGGER) {
        pending += version.bytes(index, 0);
        pending += bytes(version.overlapping(index, targets.base(), Span.around(level0)));
      }
      for (int level = 1; level < Version.LEVELS - 1; level++) {
        long bytes = version.bytes(index, level);
        long excess = bytes - targets.target(level);
        if (excess > 0) {
          double dragged = (double) version.bytes(index, level + 1) / bytes;
          pending += (long) (excess * (1 + Math.min(dragged, LevelTargets.FANOUT)));
        }
      }
    }
    return pending;
  }

  /** The tables of the level below the output that a compaction has to mind. */
  public static List<TableMeta> grandparents(Version version, Compaction compaction) {
    int below = compaction.outputLevel() + 1;
    return below < Version.LEVELS
        ? version.overlapping(compaction.index(), below, compaction.span())
        : List.of();
  }

  // ---- tables that are covered

  private static Optional<Compaction> covered(
      Version version, Busy busy, int index, Circumstances circumstances) throws IOException {
    boolean any = false;
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.level(index, level)) {
        any |= table.ranges() > 0;
      }
    }
    if (!any) {
      return Optional.empty();
    }
    RangeTombstones ranges = circumstances.ranges().of(index);
    for (int level = 0; level < Version.LEVELS; level++) {
      List<TableMeta> gone = new ArrayList<>();
      for (TableMeta table : version.level(index, level)) {
        if (!busy.has(table)
            && ranges.cover(
                table.smallest(),
                table.largest(),
                !table.openEnd(),
                table.highestSequence(),
                firstReader(circumstances.snapshots(), table.lowestSequence()))) {
          gone.add(table);
        }
      }
      if (!gone.isEmpty()) {
        return Optional.of(new Compaction(Kind.DROP, index, level, level, gone, List.of()));
      }
    }
    return Optional.empty();
  }

  /**
   * The first snapshot that sees anything from a sequence number on: it must see the delete too.
   */
  private static long firstReader(long[] snapshots, long lowest) {
    int at = Arrays.binarySearch(snapshots, lowest);
    at = at >= 0 ? at : -at - 1;
    return at < snapshots.length ? snapshots[at] : Long.MAX_VALUE;
  }

  // ---- levels that are too large

  private List<Due> due(Version version, Busy busy) {
    List<Due> due = new ArrayList<>();
    for (int index = 0; index < version.indexCount(); index++) {
      int level0 = 0;
      for (TableMeta table : version.level(index, 0)) {
        level0 += mostlyDeletes(table) ? 2 : 1;
      }
      if (level0 >= LEVEL0_TRIGGER) {
        due.add(new Due(index, 0, (double) level0 / LEVEL0_TRIGGER));
      }
      var targets = new LevelTargets(version, index, batchBytes);
      for (int level = 1; level < Version.LEVELS - 1; level++) {
        long bytes = 0;
        for (TableMeta table : version.level(index, level)) {
          bytes += busy.has(table) ? 0 : table.bytes();
        }
        if (bytes > targets.target(level)) {
          due.add(new Due(index, level, (double) bytes / targets.target(level)));
        }
      }
    }
    due.sort(Comparator.comparingDouble(Due::score).reversed());
    return due;
  }

  private int base(Version version, int index) {
    return new LevelTargets(version, index, batchBytes).base();
  }

  private Optional<Compaction> at(Version version, Busy busy, Due due) {
    return due.level() == 0
        ? level0(version, busy, due.index())
        : down(version, busy, due.index(), due.level());
  }

  /** All of level 0, into the base: none of it may be newer than what stays. */
  private Optional<Compaction> level0(Version version, Busy busy, int index) {
    List<TableMeta> upper = version.level(index, 0);
    if (busy.hasAny(upper)) {
      return Optional.empty();
    }
    int base = base(version, index);
    List<TableMeta> lower = version.overlapping(index, base, Span.around(upper));
    if (lower.isEmpty() && disjoint(upper)) {
      return admissible(movedOrMerged(version, index, 0, base, upper), busy);
    }
    return admissible(new Compaction(Kind.MERGE, index, 0, base, upper, lower), busy);
  }

  /**
   * Of a level, the table that drags the fewest bytes of the next one along, for its own size;
   * deletes count as if they were larger, since they free what they meet. Neighbours that drag
   * nothing more along go with it.
   */
  private Optional<Compaction> down(Version version, Busy busy, int index, int level) {
    List<TableMeta> tables = version.level(index, level);
    int best = -1;
    double bestRatio = Double.MAX_VALUE;
    for (int i = 0; i < tables.size(); i++) {
      TableMeta table = tables.get(i);
      List<TableMeta> lower = version.overlapping(index, level + 1, table.span());
      if (busy.has(table) || busy.hasAny(lower)) {
        continue;
      }
      double deletes =
          (double) (table.tombstones() + table.ranges()) / Math.max(1, table.entries());
      double ratio = bytes(lower) / (table.bytes() * (1 + 2 * deletes));
      if (ratio < bestRatio) {
        bestRatio = ratio;
        best = i;
      }
    }
    return best < 0 ? Optional.empty() : widened(version, busy, index, level, best);
  }

  private Optional<Compaction> widened(
      Version version, Busy busy, int index, int level, int place) {
    List<TableMeta> tables = version.level(index, level);
    List<TableMeta> lower = version.overlapping(index, level + 1, tables.get(place).span());
    int from = place;
    int to = place + 1;
    while (to - from < MAX_UPPER_TABLES
        && to < tables.size()
        && joins(version, busy, index, level, tables.subList(from, to + 1), lower)) {
      to++;
    }
    while (to - from < MAX_UPPER_TABLES
        && from > 0
        && joins(version, busy, index, level, tables.subList(from - 1, to), lower)) {
      from--;
    }
    List<TableMeta> upper = tables.subList(from, to);
    return admissible(
        lower.isEmpty()
            ? movedOrMerged(version, index, level, level + 1, upper)
            : new Compaction(Kind.MERGE, index, level, level + 1, upper, lower),
        busy);
  }

  /** Whether more tables drag along just the same. */
  private static boolean joins(
      Version version,
      Busy busy,
      int index,
      int level,
      List<TableMeta> upper,
      List<TableMeta> lower) {
    return !busy.hasAny(upper)
        && version.overlapping(index, level + 1, Span.around(upper)).equals(lower);
  }

  // ---- deletes

  private Optional<Compaction> deletes(
      Version version, Busy busy, int index, Circumstances circumstances) {
    boolean pressed = circumstances.pressed();
    if (pressed && version.level(index, 0).stream().anyMatch(CompactionPicker::hasDeletes)) {
      Optional<Compaction> picked = level0(version, busy, index);
      if (picked.isPresent()) {
        return picked;
      }
    }
    for (int level = 1; level < Version.LEVELS; level++) {
      List<TableMeta> dense =
          version.level(index, level).stream()
              .filter(table -> pressed ? hasDeletes(table) : mostlyDeletes(table))
              .filter(table -> !busy.has(table))
              .sorted(Comparator.comparingLong(TableMeta::tombstones).reversed())
              .toList();
      for (TableMeta table : dense) {
        Optional<Compaction> picked = rid(version, busy, index, level, table, circumstances);
        if (picked.isPresent()) {
          return picked;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Compaction> rid(
      Version version,
      Busy busy,
      int index,
      int level,
      TableMeta table,
      Circumstances circumstances) {
    List<TableMeta> upper = List.of(table);
    if (!bottom(version, index, level, upper)) {
      List<TableMeta> lower = version.overlapping(index, level + 1, table.span());
      return admissible(
          lower.isEmpty()
              ? movedOrMerged(version, index, level, level + 1, upper)
              : new Compaction(Kind.MERGE, index, level, level + 1, upper, lower),
          busy);
    }
    long[] snapshots = circumstances.snapshots();
    boolean seen = snapshots.length > 0 && snapshots[0] < table.highestSequence();
    return seen // some of the deletes would stay, and the table be picked again
        ? Optional.empty()
        : admissible(new Compaction(Kind.MERGE, index, level, level, upper, List.of()), busy);
  }

  private static boolean hasDeletes(TableMeta table) {
    return table.tombstones() + table.ranges() > 0;
  }

  private static boolean mostlyDeletes(TableMeta table) {
    return 2 * (table.tombstones() + table.ranges()) > table.entries() + table.ranges();
  }

  // ---- what they share

  /**
   * Tables that overlap nothing change their level, unless they would be rid of deletes there, or
   * one would overlap so much of the next level that it had better be cut.
   */
  private Compaction movedOrMerged(
      Version version, int index, int level, int output, List<TableMeta> upper) {
    boolean merge = false;
    for (TableMeta table : upper) {
      long overlap =
          output + 1 < Version.LEVELS
              ? bytes(version.overlapping(index, output + 1, table.span()))
              : 0;
      merge |= overlap > OutputCuts.MAX_OVERLAP_TABLES * tableBytes;
      merge |=
          FEW_DELETES * (table.tombstones() + table.ranges()) > table.entries()
              && bottom(version, index, output, List.of(table));
    }
    return new Compaction(merge ? Kind.MERGE : Kind.MOVE, index, level, output, upper, List.of());
  }

  private static Optional<Compaction> admissible(Compaction compaction, Busy busy) {
    return busy.hasAny(compaction.upper())
            || busy.hasAny(compaction.lower())
            || busy.writes(compaction.index(), compaction.outputLevel(), compaction.span())
        ? Optional.empty()
        : Optional.of(compaction);
  }

  /** Whether no level below one has anything in the range of some tables. */
  private static boolean bottom(Version version, int index, int level, List<TableMeta> tables) {
    Span span = Span.around(tables);
    for (int below = level + 1; below < Version.LEVELS; below++) {
      if (!version.overlapping(index, below, span).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private static boolean disjoint(List<TableMeta> tables) {
    List<TableMeta> sorted = new ArrayList<>(tables);
    sorted.sort(Comparator.comparing(TableMeta::smallest, Arrays::compareUnsigned));
    for (int i = 1; i < sorted.size(); i++) {
      if (!sorted.get(i - 1).endsBefore(sorted.get(i).smallest())) {
        return false;
      }
    }
    return true;
  }

  private static long bytes(List<TableMeta> tables) {
    long bytes = 0;
    for (TableMeta table : tables) {
      bytes += table.bytes();
    }
    return bytes;
  }
}
