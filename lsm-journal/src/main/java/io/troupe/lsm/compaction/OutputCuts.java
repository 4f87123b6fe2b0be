package io.troupe.lsm.compaction;

import io.troupe.lsm.version.TableMeta;
import java.util.List;

/**
 * Where the tables that a merge writes end. Asked in ascending order of keys, for one merge. Pure.
 *
 * <p>A table ends when it is large; when it is half as large and a table of the level below its own
 * ends, so that later merges drag along fewer tables; and when it overlaps so much of that level
 * that to merge it would take long.
 */
public final class OutputCuts {

  /** How many full tables of the level below its own a table may overlap. */
  static final int MAX_OVERLAP_TABLES = 10;

  private final List<TableMeta> grandparents;
  private final long tableBytes;
  private int at;
  private long overlap;

  /**
   * @param grandparents tables of the level below the output, in order
   */
  public OutputCuts(List<TableMeta> grandparents, long tableBytes) {
    this.grandparents = grandparents;
    this.tableBytes = tableBytes;
  }

  /** Everything into one table. */
  public static OutputCuts none() {
    return new OutputCuts(List.of(), Long.MAX_VALUE);
  }

  /**
   * Whether a table that has that many bytes (0: none was started) ends in front of a key, which is
   * the start of an array and greater than all in the table.
   */
  public boolean before(byte[] key, int length, long bytes) {
    boolean crossed = false;
    while (at < grandparents.size() && grandparents.get(at).endsBefore(key, length)) {
      overlap += grandparents.get(at).bytes();
      at++;
      crossed = true;
    }
    boolean cut =
        bytes > 0
            && (bytes >= tableBytes
                || (crossed && bytes >= tableBytes / 2)
                || overlap / MAX_OVERLAP_TABLES > tableBytes);
    if (cut || bytes == 0) {
      overlap = 0;
    }
    return cut;
  }
}
