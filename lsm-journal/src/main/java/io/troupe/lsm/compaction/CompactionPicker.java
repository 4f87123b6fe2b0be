package io.troupe.lsm.compaction;

import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the next compaction of a version. Pure.
 *
 * <p>Level 0 is merged into level 1 when it has {@link #LEVEL0_TRIGGER} tables; a level below when
 * it is larger than its target, which grows by {@link #FANOUT} from level to level; the level that
 * is furthest over goes first. Below level 0 a table mostly of deletes goes down even so: listing
 * what was emptied has to step over each of them.
 */
public final class CompactionPicker {

  /**
   * Tables on level 0 from which on they are merged: fewer would rewrite level 1 too often, more
   * would slow reads.
   */
  public static final int LEVEL0_TRIGGER = 4;

  /** How much larger each level is than the one above. */
  public static final int FANOUT = 10;

  private final long level1Bytes;

  /**
   * @param level1Bytes target size of level 1
   */
  public CompactionPicker(long level1Bytes) {
    this.level1Bytes = level1Bytes;
  }

  /**
   * The compaction that is needed most; none when the tree is in shape.
   *
   * @param pressed the disk is nearly full: whatever has deletes goes down, so that they free what
   *     they hide
   */
  public Optional<Compaction> pick(Version version, boolean pressed) {
    double best = 1.0;
    Optional<Compaction> picked = Optional.empty();
    for (int index = 0; index < version.indexCount(); index++) {
      double level0 = (double) version.level(index, 0).size() / LEVEL0_TRIGGER;
      if (level0 >= best) {
        best = level0;
        picked = Optional.of(level0(version, index));
      }
      long target = level1Bytes;
      for (int level = 1; level < Version.LEVELS - 1; level++) {
        double score = (double) bytes(version.level(index, level)) / target;
        if (score > best) {
          best = score;
          picked = Optional.of(leastOverlap(version, index, level));
        }
        target *= FANOUT;
      }
    }
    return picked.or(() -> deletes(version, pressed));
  }

  private static Optional<Compaction> deletes(Version version, boolean pressed) {
    for (int index = 0; index < version.indexCount(); index++) {
      if (pressed && version.level(index, 0).stream().anyMatch(table -> table.tombstones() > 0)) {
        return Optional.of(level0(version, index));
      }
      for (int level = 1; level < deepest(version, index); level++) {
        Optional<TableMeta> dense =
            version.level(index, level).stream()
                .filter(
                    table ->
                        pressed ? table.tombstones() > 0 : 2 * table.tombstones() > table.entries())
                .max(Comparator.comparingLong(TableMeta::tombstones));
        if (dense.isPresent()) {
          return Optional.of(of(version, index, level, List.of(dense.get())));
        }
      }
    }
    return Optional.empty();
  }

  private static Compaction level0(Version version, int index) {
    return of(version, index, 0, version.level(index, 0));
  }

  /** The table that drags the fewest bytes of the next level along, for its own size. */
  private static Compaction leastOverlap(Version version, int index, int level) {
    List<TableMeta> below = version.level(index, level + 1);
    TableMeta best = version.level(index, level).getFirst();
    double bestRatio = Double.MAX_VALUE;
    for (TableMeta table : version.level(index, level)) {
      double ratio =
          (double) bytes(overlapping(below, table.smallest(), table.largest())) / table.bytes();
      if (ratio < bestRatio) {
        bestRatio = ratio;
        best = table;
      }
    }
    return of(version, index, level, List.of(best));
  }

  private static Compaction of(Version version, int index, int level, List<TableMeta> upper) {
    byte[] smallest = upper.getFirst().smallest();
    byte[] largest = upper.getFirst().largest();
    for (TableMeta table : upper) {
      smallest =
          Arrays.compareUnsigned(table.smallest(), smallest) < 0 ? table.smallest() : smallest;
      largest = Arrays.compareUnsigned(table.largest(), largest) > 0 ? table.largest() : largest;
    }
    List<TableMeta> lower = overlapping(version.level(index, level + 1), smallest, largest);
    if (!lower.isEmpty()) {
      byte[] first = lower.getFirst().smallest();
      byte[] last = lower.getLast().largest();
      smallest = Arrays.compareUnsigned(first, smallest) < 0 ? first : smallest;
      largest = Arrays.compareUnsigned(last, largest) > 0 ? last : largest;
    }
    boolean bottom = true;
    for (int below = level + 2; below < Version.LEVELS; below++) {
      bottom &= overlapping(version.level(index, below), smallest, largest).isEmpty();
    }
    return new Compaction(index, level, upper, lower, bottom);
  }

  private static List<TableMeta> overlapping(
      List<TableMeta> tables, byte[] smallest, byte[] largest) {
    return tables.stream()
        .filter(
            table ->
                Arrays.compareUnsigned(table.largest(), smallest) >= 0
                    && Arrays.compareUnsigned(table.smallest(), largest) <= 0)
        .toList();
  }

  private static int deepest(Version version, int index) {
    int level = Version.LEVELS - 1;
    while (level > 0 && version.level(index, level).isEmpty()) {
      level--;
    }
    return level;
  }

  private static long bytes(List<TableMeta> tables) {
    long bytes = 0;
    for (TableMeta table : tables) {
      bytes += table.bytes();
    }
    return bytes;
  }
}
