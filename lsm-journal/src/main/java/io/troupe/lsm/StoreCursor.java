package io.troupe.lsm;

import io.troupe.lsm.entry.Delta;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.table.TableCache;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a view as of a sequence number: for each key its newest version up to there, unless
 * that is a delete or in a range that was deleted since; changes of a counter are added up.
 */
final class StoreCursor implements Cursor {

  /** Keys of a deleted range that are stepped over one by one before the rest is sought past. */
  private static final int SKIPS_BEFORE_SEEK = 16;

  private final Views views;
  private final View view;
  private final long sequence;
  private final KeyRange range;
  private final byte @Nullable [] to;
  private final long toPrefix;
  private final long toSecond;
  private final boolean descending;
  private final CursorSources sources;
  private final RangeTombstones ranges;
  private EntryCursor entries;
  private boolean behind; // whether entries has left the key already
  private int fragment = -1; // of ranges, that the key is in
  private int sought = -1; // the last one in which keys were stepped over
  private int skipped; // how many of them
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
    byte[] end = range.to().orElse(null);
    this.to = end;
    this.toPrefix = end == null ? 0 : Keys.prefix(end);
    this.toSecond = end == null ? 0 : Keys.second(end, end.length);
    this.descending = descending;
    this.sources = new CursorSources(tables, view, index.id(), range);
    this.ranges = sources.ranges();
    this.entries = descending ? sources.descending() : sources.ascending();
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
    if (onEntry && !behind) {
      skipKey();
    }
    while (ahead) {
      EntryCursor entry = entries.current();
      long version = entry.sequence();
      if (version > sequence) {
        ahead = entries.next();
        continue;
      }
      keepKey(entry);
      behind = false;
      if (isBehind()) {
        ahead = false;
        return false;
      }
      long deleted = deleted();
      if (version < deleted) {
        skipDeleted(deleted);
        continue;
      }
      byte kind = entry.kind();
      if (kind == Kind.MERGE) {
        addUp(deleted);
        return true;
      }
      if (kind != Kind.DELETE) {
        memory = entry.valueMemory();
        valueOffset = entry.valueOffset();
        valueLength = entry.valueLength();
        entrySequence = version;
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
      keepKey(entries.current());
      if (Arrays.compareUnsigned(key, 0, keyLength, from, 0, from.length) < 0) {
        ahead = false;
        return false;
      }
      long deleted = deleted();
      boolean present = false;
      int wrong = -1; // length of a value that was added to and is no counter
      do {
        if (entries.sequence() > sequence || entries.sequence() < deleted) {
          continue;
        }
        if (entries.kind() == Kind.MERGE) {
          wrong = present && valueLength != Delta.BYTES ? valueLength : wrong;
          long delta = Delta.at(entries.valueMemory(), entries.valueOffset());
          keepNumber(present && wrong < 0 ? Delta.at(memory, valueOffset) + delta : delta);
          present = true;
        } else {
          wrong = -1;
          present = entries.kind() != Kind.DELETE;
          if (present) {
            keepValue();
          }
        }
        entrySequence = entries.sequence();
      } while (nextVersion());
      if (present) {
        if (wrong >= 0) {
          checkCounter(wrong);
        }
        return true;
      }
      if (deleted > 0) {
        skipDeleted(deleted);
      }
    }
    return false;
  }

  private void skipKey() throws IOException {
    do {
      ahead = entries.next();
    } while (ahead && isKey(entries.current()));
  }

  /** Whether the key is not before the end of the range. */
  private boolean isBehind() {
    byte[] end = to;
    if (end == null) {
      return false;
    }
    long prefix = Keys.prefix(key, keyLength);
    if (prefix != toPrefix) {
      return Long.compareUnsigned(prefix, toPrefix) > 0;
    }
    long second = Keys.second(key, keyLength);
    return second != toSecond
        ? Long.compareUnsigned(second, toSecond) > 0
        : Arrays.compareUnsigned(key, 0, keyLength, end, 0, end.length) >= 0;
  }

  private boolean isKey(EntryCursor entry) {
    return Keys.same(entry.keyBuffer(), entry.keyLength(), key, keyLength);
  }

  private void keepKey(EntryCursor entry) {
    keyLength = entry.keyLength();
    if (key.length < keyLength) {
      key = new byte[2 * keyLength];
    }
    System.arraycopy(entry.keyBuffer(), 0, key, 0, keyLength);
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

  // ---- counters

  /** Adds up the changes of a counter and its value; goes behind all versions of the key. */
  private void addUp(long deleted) throws IOException {
    entrySequence = entries.sequence();
    long sum = Delta.at(entries.valueMemory(), entries.valueOffset());
    boolean complete = false;
    while (nextVersion()) {
      if (complete || entries.sequence() < deleted || entries.kind() == Kind.DELETE) {
        complete = true;
        continue;
      }
      complete = entries.kind() == Kind.PUT;
      checkCounter(entries.valueLength());
      sum += Delta.at(entries.valueMemory(), entries.valueOffset());
    }
    keepNumber(sum);
  }

  /** Moves on; false when that is another key, or the end. */
  private boolean nextVersion() throws IOException {
    ahead = entries.next();
    behind = ahead && !isKey(entries.current());
    return ahead && !behind;
  }

  private void checkCounter(int length) {
    if (length != Delta.BYTES) {
      throw PointLookup.noCounter(Arrays.copyOf(key, keyLength), length);
    }
  }

  private void keepNumber(long number) {
    if (kept.length < Delta.BYTES) {
      kept = new byte[256];
    }
    memory = MemorySegment.ofArray(kept);
    Delta.put(memory, 0, number);
    valueOffset = 0;
    valueLength = Delta.BYTES;
  }

  // ---- ranges that were deleted

  /** The newest delete of a range that covers the key, 0 when there is none. */
  private long deleted() {
    if (ranges.isEmpty()) {
      return 0;
    }
    fragment = ranges.fragment(key, keyLength);
    return fragment < 0 ? 0 : ranges.newestOf(fragment, sequence);
  }

  /**
   * Steps over a key that is deleted, and over the rest of the range when there is much of it: what
   * is older than the delete is not read. Once for each range; what is newer has to be stepped
   * over.
   */
  private void skipDeleted(long deleted) throws IOException {
    if (sought != fragment) {
      sought = fragment;
      skipped = 0;
    }
    if (++skipped != SKIPS_BEFORE_SEEK) {
      if (!behind) {
        skipKey();
      }
      return;
    }
    entries.close();
    ahead = false; // should it fail
    if (descending) {
      byte[] before = Arrays.copyOf(key, keyLength);
      entries = sources.descending(before, ranges.from(fragment), deleted);
    } else {
      byte[] behindKey = Arrays.copyOf(key, keyLength + 1);
      entries = sources.ascending(behindKey, ranges.to(fragment), deleted);
    }
    behind = true;
    ahead = entries.next();
  }
}
