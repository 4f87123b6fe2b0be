package io.troupe.lsm.entry;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Walks over versions of keys, in one direction. For one thread.
 *
 * <p>The entry under the cursor is looked at in place: its key is in a buffer of the cursor, its
 * value wherever it lies (a memtable, a block). Both are valid until the next move or {@link
 * #close}; who keeps them copies them. Moving allocates nothing per entry.
 */
public interface EntryCursor extends AutoCloseable {

  /**
   * Moves to the next entry; before the first call it stands in front of the first. False at the
   * end.
   */
  boolean next() throws IOException;

  /**
   * The array that starts with the key, {@link #keyLength} bytes of it. Not to be modified; may be
   * another one after a move.
   */
  byte[] keyBuffer();

  int keyLength();

  long sequence();

  /** One of {@link Kind}. */
  byte kind();

  /** The memory that has the value, from {@link #valueOffset} on. Not to be modified. */
  MemorySegment valueMemory();

  long valueOffset();

  /** Zero for a delete. */
  int valueLength();

  /**
   * The cursor that has the current entry, until the next move: for a merge one of its sources. Who
   * asks for several parts of an entry asks it once, and not each layer for each part.
   */
  default EntryCursor current() {
    return this;
  }

  /** Gives back what keeps the entries in memory. No other call may follow, except this one. */
  @Override
  default void close() {}

  /** A copy of the key. */
  default byte[] copyKey() {
    return Arrays.copyOf(keyBuffer(), keyLength());
  }

  /** A copy of the value. */
  default byte[] copyValue() {
    byte[] copy = new byte[valueLength()];
    MemorySegment.copy(valueMemory(), ValueLayout.JAVA_BYTE, valueOffset(), copy, 0, copy.length);
    return copy;
  }
}
