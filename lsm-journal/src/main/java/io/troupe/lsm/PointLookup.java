package io.troupe.lsm;

import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds one key. The sources are asked from the newest to the oldest, and all versions of a key in
 * one are newer than those in the next: the first answer is the answer.
 */
final class PointLookup {

  /** Stands for a delete; compared by identity. */
  static final byte[] DELETED = new byte[0];

  private PointLookup() {}

  /**
   * The newest value up to a sequence number, {@link #DELETED}, or null when there is no version.
   */
  static byte @Nullable [] find(TableCache tables, View view, int index, byte[] key, long sequence)
      throws IOException {
    var found = new Found();
    if (!find(tables, view, index, key, sequence, found)) {
      return null;
    }
    byte[] value = found.kind() == Kind.DELETE ? DELETED : found.copyValue();
    found.release();
    return value;
  }

  /**
   * The newest version up to a sequence number.
   *
   * @param found says which, when there is one; to be released before the view
   * @return whether there is one
   */
  static boolean find(
      TableCache tables, View view, int index, byte[] key, long sequence, Found found)
      throws IOException {
    if (find(view.active(), index, key, sequence, found)) {
      return true;
    }
    List<Memtable> frozen = view.frozen();
    for (int i = 0; i < frozen.size(); i++) {
      if (find(frozen.get(i), index, key, sequence, found)) {
        return true;
      }
    }
    Version version = view.version();
    long hash = TableCache.hash(key);
    List<TableMeta> level0 = version.level(index, 0);
    for (int i = 0; i < level0.size(); i++) {
      TableMeta table = level0.get(i);
      if (covers(table, key) && tables.find(table.number(), key, hash, sequence, found)) {
        return true;
      }
    }
    for (int level = 1; level < Version.LEVELS; level++) {
      List<TableMeta> sorted = version.level(index, level);
      int at = firstReaching(sorted, key);
      if (at < sorted.size()
          && covers(sorted.get(at), key)
          && tables.find(sorted.get(at).number(), key, hash, sequence, found)) {
        return true;
      }
    }
    return false;
  }

  /** The newest value up to a sequence number, with its own; absent when there is none. */
  static Optional<Versioned> versioned(
      TableCache tables, View view, int index, byte[] key, long sequence) throws IOException {
    var found = new Found();
    if (!find(tables, view, index, key, sequence, found)) {
      return Optional.empty();
    }
    Optional<Versioned> versioned =
        found.kind() == Kind.DELETE
            ? Optional.empty()
            : Optional.of(new Versioned(found.copyValue(), found.sequence()));
    found.release();
    return versioned;
  }

  private static boolean find(
      Memtable memtable, int index, byte[] key, long sequence, Found found) {
    SkipList list = memtable.list(index);
    return list != null && list.find(key, sequence, found);
  }

  private static boolean covers(TableMeta table, byte[] key) {
    return Arrays.compareUnsigned(table.smallest(), key) <= 0
        && Arrays.compareUnsigned(table.largest(), key) >= 0;
  }

  private static int firstReaching(List<TableMeta> sorted, byte[] key) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(sorted.get(middle).largest(), key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
