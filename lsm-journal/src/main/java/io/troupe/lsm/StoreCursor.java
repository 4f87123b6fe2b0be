package io.troupe.lsm;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a view as of a sequence number: for each key its newest version up to there, unless
 * that is a delete.
 */
final class StoreCursor implements Cursor {

  private static final byte[] EMPTY = new byte[0];

  private final Views views;
  private final View view;
  private final long sequence;
  private final KeyRange range;
  private final boolean descending;
  private final EntryCursor entries;
  private boolean onEntry; // whether entries stands on one that was not looked at
  private boolean closed;
  private byte[] key = EMPTY;
  private byte[] value = EMPTY;

  /** Takes over a retained view. */
  StoreCursor(
      Views views,
      View view,
      TableCache tables,
      long sequence,
      Index index,
      KeyRange range,
      boolean descending)
      throws IOException {
    this.views = views;
    this.view = view;
    this.sequence = sequence;
    this.range = range;
    this.descending = descending;
    this.entries =
        new MergeCursor(sources(view, tables, index.id(), range, descending), descending);
    this.onEntry = entries.next();
  }

  @Override
  public boolean next() {
    if (closed) {
      throw new IllegalStateException("the cursor is closed");
    }
    try {
      return descending ? previousKey() : nextKey();
    } catch (IOException e) {
      throw Readers.readFailure(e);
    }
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public byte[] value() {
    return value;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      views.release(view);
    }
  }

  /**
   * Versions of a key come newest first: the first one up to the sequence number counts, the others
   * are stepped over.
   */
  private boolean nextKey() throws IOException {
    while (onEntry) {
      if (entries.sequence() > sequence) {
        onEntry = entries.next();
        continue;
      }
      byte[] found = entries.key();
      byte[] to = range.to().orElse(null);
      if (to != null && Arrays.compareUnsigned(found, to) >= 0) {
        onEntry = false;
        return false;
      }
      boolean gone = entries.isDelete();
      byte[] foundValue = gone ? EMPTY : entries.value();
      do {
        onEntry = entries.next();
      } while (onEntry && Arrays.equals(entries.key(), found));
      if (!gone) {
        key = found;
        value = foundValue;
        return true;
      }
    }
    return false;
  }

  /** Versions of a key come oldest first: the last one up to the sequence number counts. */
  private boolean previousKey() throws IOException {
    while (onEntry) {
      byte[] found = entries.key();
      if (Arrays.compareUnsigned(found, range.from()) < 0) {
        onEntry = false;
        return false;
      }
      byte @Nullable [] newest = null;
      do {
        if (entries.sequence() <= sequence) {
          newest = entries.isDelete() ? null : entries.value();
        }
        onEntry = entries.next();
      } while (onEntry && Arrays.equals(entries.key(), found));
      if (newest != null) {
        key = found;
        value = newest;
        return true;
      }
    }
    return false;
  }

  private static List<EntryCursor> sources(
      View view, TableCache tables, int index, KeyRange range, boolean descending)
      throws IOException {
    List<EntryCursor> sources = new ArrayList<>();
    add(sources, view.active(), index, range, descending);
    for (Memtable frozen : view.frozen()) {
      add(sources, frozen, index, range, descending);
    }
    for (int level = 0; level < Version.LEVELS; level++) {
      List<TableMeta> all = view.version().level(index, level);
      if (all.isEmpty()) {
        continue;
      }
      List<TableMeta> wanted = new ArrayList<>();
      byte[] to = range.to().orElse(null);
      for (TableMeta table : all) {
        if (Arrays.compareUnsigned(table.largest(), range.from()) >= 0
            && (to == null || Arrays.compareUnsigned(table.smallest(), to) < 0)) {
          wanted.add(table);
        }
      }
      if (level == 0) {
        for (TableMeta table : wanted) {
          sources.add(new LevelCursor(tables, List.of(table), range, descending));
        }
      } else if (!wanted.isEmpty()) {
        sources.add(new LevelCursor(tables, wanted, range, descending));
      }
    }
    return sources;
  }

  private static void add(
      List<EntryCursor> sources, Memtable memtable, int index, KeyRange range, boolean descending) {
    SkipList list = memtable.list(index);
    if (list != null) {
      byte[] to = range.to().orElse(null);
      sources.add(
          !descending
              ? list.ascending(range.from())
              : to == null ? list.descending() : list.descending(to));
    }
  }

  /** Tables that follow each other, as one; each is opened when the one before it is done. */
  private static final class LevelCursor implements EntryCursor {
    private final TableCache tables;
    private final List<TableMeta> level;
    private final KeyRange range;
    private final boolean descending;
    private int opened;
    private @Nullable EntryCursor current;

    LevelCursor(TableCache tables, List<TableMeta> level, KeyRange range, boolean descending) {
      this.tables = tables;
      this.level = level;
      this.range = range;
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
        current = open(level.get(descending ? level.size() - 1 - opened : opened).number());
        opened++;
      }
    }

    private EntryCursor open(long table) throws IOException {
      if (!descending) {
        return tables.ascending(table, range.from(), true);
      }
      byte[] to = range.to().orElse(null);
      return to == null ? tables.descending(table) : tables.descending(table, to);
    }

    @Override
    public byte[] key() {
      return table().key();
    }

    @Override
    public long sequence() {
      return table().sequence();
    }

    @Override
    public boolean isDelete() {
      return table().isDelete();
    }

    @Override
    public byte[] value() {
      return table().value();
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
