package io.troupe.lsm.compaction;

import io.troupe.lsm.version.Span;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.List;

/**
 * Whether tables below a level may have versions of a key: if not, a delete has nothing left to
 * hide. Asked for keys in ascending order, of one version. For one thread.
 */
public final class Deeper {

  /** Knows more of a table than its bounds. */
  public interface Filter {
    /** Whether a table may have versions of a key, which is the start of an array. */
    boolean mayHave(long table, byte[] key, int length) throws IOException;
  }

  private final Version version;
  private final int index;
  private final int below;
  private final Filter filter;
  private final int[] at = new int[Version.LEVELS];

  /**
   * @param below the level above the first one to look at; -1 for all
   */
  public Deeper(Version version, int index, int below, Filter filter) {
    this.version = version;
    this.index = index;
    this.below = below;
    this.filter = filter;
  }

  /** Whether any table below may have a version of the key, which is the start of an array. */
  boolean mayHave(byte[] key, int length) throws IOException {
    for (int level = below + 1; level < Version.LEVELS; level++) {
      List<TableMeta> tables = version.level(index, level);
      if (level == 0) {
        for (TableMeta table : tables) {
          if (table.covers(key, length) && filter.mayHave(table.number(), key, length)) {
            return true;
          }
        }
        continue;
      }
      while (at[level] < tables.size() && tables.get(at[level]).endsBefore(key, length)) {
        at[level]++;
      }
      if (at[level] < tables.size()) {
        TableMeta table = tables.get(at[level]);
        if (table.covers(key, length) && filter.mayHave(table.number(), key, length)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether any table below has keys from one up to, but without, another. */
  boolean overlaps(byte[] from, byte[] to) {
    var span = new Span(from, to, true);
    for (int level = below + 1; level < Version.LEVELS; level++) {
      if (!version.overlapping(index, level, span).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
