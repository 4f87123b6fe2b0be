package io.troupe.lsm;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.range.GrowingTombstones;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything in a view that has versions of the keys of a range, merged; from the start of the
 * range, or from within, past what is known to be deleted.
 */
final class CursorSources {

  /** Where to begin: at a key, but past a deleted range in what is older than the delete. */
  private record Place(byte @Nullable [] at, byte @Nullable [] past, long olderThan) {
    byte @Nullable [] of(long highestSequence) {
      return highestSequence < olderThan ? past : at;
    }
  }

  private final TableCache tables;
  private final View view;
  private final int index;
  private final KeyRange range;
  private final byte @Nullable [] to;

  CursorSources(TableCache tables, View view, int index, KeyRange range) {
    this.tables = tables;
    this.view = view;
    this.index = index;
    this.range = range;
    this.to = range.to().orElse(null);
  }

  /** All deletes of ranges that reach into the range. */
  RangeTombstones ranges() throws IOException {
    List<RangeTombstones> found = new ArrayList<>();
    add(found, view.active());
    for (Memtable frozen : view.frozen()) {
      add(found, frozen);
    }
    if (view.version().hasRanges(index)) {
      for (List<TableMeta> level : view.version().levels(index)) {
        for (TableMeta table : level) {
          if (table.ranges() > 0 && isWanted(table)) {
            found.add(tables.ranges(table.number()).within(range.from(), to));
          }
        }
      }
    }
    return found.isEmpty() ? RangeTombstones.NONE : RangeTombstones.union(found);
  }

  /** From the start of the range on. */
  EntryCursor ascending() throws IOException {
    return merged(new Place(range.from(), null, 0), false);
  }

  /** From a key on; where all is older than a delete, from the end of the deleted range on. */
  EntryCursor ascending(byte[] from, byte[] past, long olderThan) throws IOException {
    return merged(new Place(from, past, olderThan), false);
  }

  /** From the end of the range downwards. */
  EntryCursor descending() throws IOException {
    return merged(new Place(to, null, 0), true);
  }

  /**
   * From a key downwards; where all is older than a delete, from in front of the range it deletes.
   */
  EntryCursor descending(byte[] before, byte[] past, long olderThan) throws IOException {
    return merged(new Place(before, past, olderThan), true);
  }

  private void add(List<RangeTombstones> found, Memtable memtable) {
    GrowingTombstones ranges = memtable.ranges(index);
    if (ranges != null) {
      for (RangeTombstones list : ranges.lists()) {
        found.add(list.within(range.from(), to));
      }
    }
  }

  private EntryCursor merged(Place place, boolean descending) throws IOException {
    List<EntryCursor> sources = new ArrayList<>();
    add(sources, view.active(), place.at(), descending); // may get newer ones at any time
    for (Memtable frozen : view.frozen()) {
      add(sources, frozen, place.of(frozen.lastSequence()), descending);
    }
    List<List<TableMeta>> levels = view.version().levels(index);
    for (TableMeta table : levels.get(0)) {
      if (isWanted(table) && reaches(table, place, descending)) {
        sources.add(new Level(List.of(table), place, descending));
      }
    }
    for (int level = 1; level < Version.LEVELS; level++) {
      List<TableMeta> sorted = levels.get(level);
      List<TableMeta> wanted = new ArrayList<>();
      for (int i = Version.firstReaching(sorted, range.from());
          i < sorted.size() && isWanted(sorted.get(i));
          i++) {
        if (reaches(sorted.get(i), place, descending)) {
          wanted.add(sorted.get(i));
        }
      }
      if (!wanted.isEmpty()) {
        sources.add(new Level(wanted, place, descending));
      }
    }
    return sources.size() == 1 ? sources.getFirst() : new MergeCursor(sources, descending);
  }

  private boolean isWanted(TableMeta table) {
    byte[] end = to;
    return !table.endsBefore(range.from())
        && (end == null || Arrays.compareUnsigned(table.smallest(), end) < 0);
  }

  private static boolean reaches(TableMeta table, Place place, boolean descending) {
    byte @Nullable [] key = place.of(table.highestSequence());
    return key == null
        || (descending
            ? Arrays.compareUnsigned(table.smallest(), key) < 0
            : !table.endsBefore(key));
  }

  private void add(
      List<EntryCursor> sources, Memtable memtable, byte @Nullable [] key, boolean descending) {
    SkipList list = memtable.list(index);
    if (list == null) {
      return;
    }
    if (!descending) {
      sources.add(list.ascending(key == null ? range.from() : key));
    } else {
      sources.add(key == null ? list.descending() : list.descending(key));
    }
  }

  /** Tables that follow each other, as one; each is opened when the one before it is done. */
  private final class Level implements EntryCursor {
    private final List<TableMeta> level;
    private final Place place;
    private final boolean descending;
    private int opened;
    private @Nullable EntryCursor current;

    Level(List<TableMeta> level, Place place, boolean descending) {
      this.level = level;
      this.place = place;
      this.descending = descending;
    }

    @Override
    public boolean next() throws IOException {
      while (true) {
        EntryCursor table = current;
        if (table != null && table.next()) {
          return true;
        }
        if (opened == level.size()) {
          return false;
        }
        if (table != null) {
          table.close();
        }
        current = open(level.get(descending ? level.size() - 1 - opened : opened));
        opened++;
      }
    }

    private EntryCursor open(TableMeta table) throws IOException {
      byte[] key = place.of(table.highestSequence());
      if (!descending) {
        return tables.ascending(table.number(), key == null ? range.from() : key, true);
      }
      return key == null
          ? tables.descending(table.number())
          : tables.descending(table.number(), key);
    }

    @Override
    public EntryCursor current() {
      return table();
    }

    @Override
    public byte[] keyBuffer() {
      return table().keyBuffer();
    }

    @Override
    public int keyLength() {
      return table().keyLength();
    }

    @Override
    public long sequence() {
      return table().sequence();
    }

    @Override
    public byte kind() {
      return table().kind();
    }

    @Override
    public MemorySegment valueMemory() {
      return table().valueMemory();
    }

    @Override
    public long valueOffset() {
      return table().valueOffset();
    }

    @Override
    public int valueLength() {
      return table().valueLength();
    }

    @Override
    public void close() {
      EntryCursor table = current;
      if (table != null) {
        table.close();
      }
    }

    private EntryCursor table() {
      EntryCursor table = current;
      if (table == null) {
        throw new IllegalStateException("the cursor is not on an entry");
      }
      return table;
    }
  }
}
