package io.troupe.lsm;

import io.troupe.lsm.entry.Delta;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.range.GrowingTombstones;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds one key. The sources are asked from the newest to the oldest, and all versions of a key in
 * one, deletes of ranges included, are newer than those in the next: the first answer is the
 * answer. Only changes of a counter are added to what older ones say.
 */
final class PointLookup {

  /** Stands for a delete; compared by identity. */
  static final byte[] DELETED = new byte[0];

  private final byte[] key;
  private final long sequence;
  private final Found found;
  private long bound; // only versions up to here are of interest any more
  private long covered; // the newest delete of a range that was seen
  private boolean counting;
  private long sum;
  private long newest; // of the changes that were added up

  private PointLookup(byte[] key, long sequence, Found found) {
    this.key = key;
    this.sequence = sequence;
    this.found = found;
    this.bound = sequence;
  }

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
   * The newest version up to a sequence number, with changes of a counter added up.
   *
   * @param found says which, when there is one; to be released before the view
   * @return whether there is one; false when it is in a range that was deleted since
   * @throws StoreException when a counter was changed that is none
   */
  static boolean find(
      TableCache tables, View view, int index, byte[] key, long sequence, Found found)
      throws IOException {
    var lookup = new PointLookup(key, sequence, found);
    return lookup.in(tables, view, index) ? lookup.answer() : lookup.sum();
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

  /** Whether a version was found that needs no older one. */
  private boolean in(TableCache tables, View view, int index) throws IOException {
    if (in(view.active(), index)) {
      return true;
    }
    List<Memtable> frozen = view.frozen();
    for (int i = 0; i < frozen.size() && covered == 0; i++) {
      if (in(frozen.get(i), index)) {
        return true;
      }
    }
    Version version = view.version();
    long hash = TableCache.hash(key);
    List<List<TableMeta>> levels = version.levels(index);
    List<TableMeta> level0 = levels.get(0);
    for (int i = 0; i < level0.size() && covered == 0; i++) {
      if (level0.get(i).covers(key) && in(tables, level0.get(i), hash)) {
        return true;
      }
    }
    for (int level = 1; level < Version.LEVELS && covered == 0; level++) {
      List<TableMeta> sorted = levels.get(level);
      if (sorted.isEmpty()) {
        continue;
      }
      int at = Version.firstReaching(sorted, key);
      if (at < sorted.size() && sorted.get(at).covers(key) && in(tables, sorted.get(at), hash)) {
        return true;
      }
    }
    return false;
  }

  private boolean in(Memtable memtable, int index) {
    GrowingTombstones ranges = memtable.ranges(index);
    if (ranges != null) {
      covered = ranges.newest(key, sequence);
    }
    SkipList list = memtable.list(index);
    while (list != null && list.find(key, bound, found)) {
      if (counts()) {
        return true;
      }
      if (bound == 0) {
        return false;
      }
    }
    return false;
  }

  private boolean in(TableCache tables, TableMeta table, long hash) throws IOException {
    if (table.ranges() > 0) {
      covered = tables.ranges(table.number()).newest(key, sequence);
    }
    while (tables.find(table.number(), key, hash, bound, found)) {
      if (counts()) {
        return true;
      }
      if (bound == 0) {
        return false;
      }
    }
    return false;
  }

  /** Whether what was found needs no older version; if it does, it was released. */
  private boolean counts() {
    if (found.sequence() < covered) {
      found.release();
      bound = 0;
      return false;
    }
    if (found.kind() != Kind.MERGE) {
      return true;
    }
    sum += Delta.at(found.valueMemory(), found.valueOffset());
    newest = counting ? newest : found.sequence();
    counting = true;
    bound = found.sequence() - 1;
    found.release();
    return false;
  }

  private boolean answer() {
    if (!counting) {
      return true;
    }
    if (found.kind() == Kind.PUT) {
      int length = found.valueLength();
      long value = length == Delta.BYTES ? Delta.at(found.valueMemory(), found.valueOffset()) : 0;
      found.release();
      if (length != Delta.BYTES) {
        throw noCounter(key, length);
      }
      sum += value;
    } else {
      found.release();
    }
    return sum();
  }

  private boolean sum() {
    if (counting) {
      found.set(Kind.PUT, newest, MemorySegment.ofArray(Delta.value(sum)), 0, Delta.BYTES);
    }
    return counting;
  }

  static StoreException noCounter(byte[] key, int valueLength) {
    return new StoreException(
        StoreException.Kind.NO_COUNTER,
        "key "
            + java.util.HexFormat.of().formatHex(key)
            + " was added to, but its value has "
            + valueLength
            + " bytes");
  }
}
