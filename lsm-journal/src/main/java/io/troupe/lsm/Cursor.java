package io.troupe.lsm;

import java.lang.foreign.MemorySegment;

/**
 * Walks over the entries of a range as they were when the cursor was made. For one thread at a
 * time. Close it: an open cursor keeps files from being deleted.
 */
public interface Cursor extends AutoCloseable {

  /**
   * Moves to the next entry; before the first call the cursor stands in front of the first.
   *
   * @return false at the end of the range
   * @throws StoreException when the store is closed or a block does not verify
   */
  boolean next();

  /** A copy of the key of the entry under the cursor. */
  byte[] key();

  /** A copy of the value of the entry under the cursor. */
  byte[] value();

  /**
   * The key of the entry under the cursor, in place: valid until the next move or {@link #close},
   * afterwards the memory holds something else. Read-only.
   */
  MemorySegment keySegment();

  /**
   * The value of the entry under the cursor, in place: valid until the next move or {@link #close},
   * afterwards the memory holds something else. Read-only.
   */
  MemorySegment valueSegment();

  /** Number of the commit that wrote the entry under the cursor. */
  long sequence();

  @Override
  void close();
}
