package io.troupe.lsm;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a view as of a sequence number: for each key its newest version up to there, unless
 * that is a delete.
 */
final class StoreCursor implements Cursor {

  private final Views views;
  private final View view;
  private final long sequence;
  private final KeyRange range;
  private final byte @Nullable [] to;
  private final boolean descending;
  private final EntryCursor entries;
  private boolean ahead; // whether entries stands on one that was not looked at
  private boolean closed;
  private boolean onEntry;
  private byte[] key = new byte[64];
  private int keyLength;
  private MemorySegment memory = MemorySegment.NULL;
  private long valueOffset;
  private int valueLength;
  private byte[] kept =
      new byte[0]; // the value, where entries has to move on to know that it counts
  private long entrySequence;

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
    this.to = range.to().orElse(null);
    this.descending = descending;
    this.entries =
        new MergeCursor(sources(view, tables, index.id(), range, descending), descending);
    boolean done = false;
    try {
      this.ahead = entries.next();
      done = true;
    } finally {
      if (!done) {
        entries.close();
      }
    }
  }

  @Override
  public boolean next() {
    if (closed) {
      throw new IllegalStateException("the cursor is closed");
    }
    try {
      onEntry = descending ? previousKey() : nextKey();
      return onEntry;
    } catch (IOException e) {
      onEntry = false;
      throw Readers.readFailure(e);
    }
  }

  @Override
  public MemorySegment keySegment() {
    checkOnEntry();
    return MemorySegment.ofArray(key).asSlice(0, keyLength).asReadOnly();
  }

  @Override
  public MemorySegment valueSegment() {
    checkOnEntry();
    return memory.asSlice(valueOffset, valueLength).asReadOnly();
  }

  @Override
  public byte[] key() {
    checkOnEntry();
    return Arrays.copyOf(key, keyLength);
  }

  @Override
  public byte[] value() {
    checkOnEntry();
    byte[] copy = new byte[valueLength];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, valueOffset, copy, 0, valueLength);
    return copy;
  }

  @Override
  public long sequence() {
    checkOnEntry();
    return entrySequence;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onEntry = false;
      entries.close();
      views.release(view);
    }
  }

  private void checkOnEntry() {
    if (!onEntry) {
      throw new IllegalStateException("the cursor is not on an entry");
    }
  }

  /**
   * Versions of a key come newest first: the first one up to the sequence number counts, the others
   * are stepped over by the next move, so that the value can be looked at where it is.
   */
  private boolean nextKey() throws IOException {
    if (onEntry) {
      skipKey();
    }
    while (ahead) {
      if (entries.sequence() > sequence) {
        ahead = entries.next();
        continue;
      }
      keepKey();
      byte[] end = to;
      if (end != null && Arrays.compareUnsigned(key, 0, keyLength, end, 0, end.length) >= 0) {
        ahead = false;
        return false;
      }
      if (entries.kind() != Kind.DELETE) {
        memory = entries.valueMemory();
        valueOffset = entries.valueOffset();
        valueLength = entries.valueLength();
        entrySequence = entries.sequence();
        return true;
      }
      skipKey();
    }
    return false;
  }

  /** Versions of a key come oldest first: the last one up to the sequence number counts. */
  private boolean previousKey() throws IOException {
    byte[] from = range.from();
    while (ahead) {
      keepKey();
      if (Arrays.compareUnsigned(key, 0, keyLength, from, 0, from.length) < 0) {
        ahead = false;
        return false;
      }
      boolean present = false;
      do {
        if (entries.sequence() <= sequence) {
          present = entries.kind() != Kind.DELETE;
          if (present) {
            keepValue();
            entrySequence = entries.sequence();
          }
        }
        ahead = entries.next();
      } while (ahead && Keys.same(entries.keyBuffer(), entries.keyLength(), key, keyLength));
      if (present) {
        return true;
      }
    }
    return false;
  }

  private void skipKey() throws IOException {
    do {
      ahead = entries.next();
    } while (ahead && Keys.same(entries.keyBuffer(), entries.keyLength(), key, keyLength));
  }

  private void keepKey() {
    keyLength = entries.keyLength();
    if (key.length < keyLength) {
      key = new byte[2 * keyLength];
    }
    System.arraycopy(entries.keyBuffer(), 0, key, 0, keyLength);
  }

  private void keepValue() {
    valueLength = entries.valueLength();
    if (kept.length < valueLength) {
      kept = new byte[Math.max(256, 2 * valueLength)];
    }
    MemorySegment.copy(
        entries.valueMemory(), ValueLayout.JAVA_BYTE, entries.valueOffset(), kept, 0, valueLength);
    memory = MemorySegment.ofArray(kept);
    valueOffset = 0;
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
        if (table != null) {
          table.close();
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
