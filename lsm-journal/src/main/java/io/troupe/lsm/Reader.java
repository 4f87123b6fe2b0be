package io.troupe.lsm;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /**
   * Looks at the value of a key in place, without a copy of it.
   *
   * @param look given the value, on the calling thread, at most once; what it throws comes through
   * @return what {@code look} made of it; null when there is no value
   * @throws StoreException as {@link #get}
   */
  <T> @Nullable T read(Index index, byte[] key, ValueReader<T> look);

  /** As {@link #get}, with the number of the commit that wrote the value. */
  Optional<Versioned> getVersioned(Index index, byte[] key);

  /** The entries of a range in ascending order, as of now. */
  Cursor cursor(Index index, KeyRange range);

  /** The entries of a range in descending order, as of now. */
  Cursor cursorReverse(Index index, KeyRange range);
}
