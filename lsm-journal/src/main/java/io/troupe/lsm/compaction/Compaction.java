package io.troupe.lsm.compaction;

import io.troupe.lsm.version.Span;
import io.troupe.lsm.version.TableMeta;
import java.util.ArrayList;
import java.util.List;

/**
 * What to do with some tables.
 *
 * @param kind what is done
 * @param index id of the index
 * @param level where the upper tables are
 * @param outputLevel where the result goes; the same level when tables are only rid of deletes
 * @param upper tables of that level
 * @param lower tables of the output level that overlap them
 */
public record Compaction(
    Kind kind,
    int index,
    int level,
    int outputLevel,
    List<TableMeta> upper,
    List<TableMeta> lower) {

  /** What is done with the tables. */
  public enum Kind {
    /** They are read, and written as tables of the output level. */
    MERGE,
    /** The upper ones change their level; there are no lower ones. */
    MOVE,
    /** The upper ones go: deletes of ranges cover all of them. There are no lower ones. */
    DROP
  }

  /** All tables. */
  public List<TableMeta> inputs() {
    List<TableMeta> inputs = new ArrayList<>(upper);
    inputs.addAll(lower);
    return inputs;
  }

  /** The keys of all tables. */
  public Span span() {
    return Span.around(inputs());
  }

  /** The size of all tables. */
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
