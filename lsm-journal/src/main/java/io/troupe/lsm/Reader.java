package io.troupe.lsm;

import java.util.Optional;

/**
 * What can be read, at one moment: the newest committed state ({@link Store}) or a pinned one
 * ({@link Snapshot}). Thread-safe.
 */
public interface Reader {

  /**
   * The value of a key. The array is not to be modified.
   *
   * @throws StoreException {@code CORRUPT} when the block that should hold the key does not verify,
   *     {@code CLOSED} after close
   */
  Optional<byte[]> get(Index index, byte[] key);

  /** As {@link #get}, with the number of the commit that wrote the value. */
  Optional<Versioned> getVersioned(Index index, byte[] key);

  /** The entries of a range in ascending order, as of now. */
  Cursor cursor(Index index, KeyRange range);

  /** The entries of a range in descending order, as of now. */
  Cursor cursorReverse(Index index, KeyRange range);
}
