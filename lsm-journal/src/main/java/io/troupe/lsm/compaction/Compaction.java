package io.troupe.lsm.compaction;

import io.troupe.lsm.version.TableMeta;
import java.util.List;

/**
 * What to merge: tables of one level with those of the next that overlap them.
 *
 * @param index id of the index
 * @param level where the upper tables are
 * @param upper tables of that level
 * @param lower tables of the next level
 * @param bottom whether no level below has anything in the range of the keys: deletes have nothing
 *     left to hide
 */
public record Compaction(
    int index, int level, List<TableMeta> upper, List<TableMeta> lower, boolean bottom) {

  /** Where the result goes. */
  public int outputLevel() {
    return level + 1;
  }

  /** Whether the table can just change its level: nothing to merge it with, nothing to drop. */
  public boolean isMove() {
    return upper.size() == 1 && lower.isEmpty() && !(bottom && upper.getFirst().tombstones() > 0);
  }

  /** How many bytes it reads. */
  public long bytes() {
    long bytes = 0;
    for (TableMeta table : upper) {
      bytes += table.bytes();
    }
    for (TableMeta table : lower) {
      bytes += table.bytes();
    }
    return bytes;
  }
}
