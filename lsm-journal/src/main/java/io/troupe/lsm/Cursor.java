package io.troupe.lsm;

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

  /** The key of the entry under the cursor; not to be modified. */
  byte[] key();

  /** The value of the entry under the cursor; not to be modified. */
  byte[] value();

  @Override
  void close();
}
