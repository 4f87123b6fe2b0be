package io.troupe.lsm;

import java.lang.foreign.MemorySegment;

/**
 * Looks at a value where it lies.
 *
 * @param <T> what it makes of the value
 */
@FunctionalInterface
public interface ValueReader<T> {

  /**
   * Makes something of a value.
   *
   * @param value read-only, and valid during the call only: afterwards the memory holds something
   *     else. Not to be kept, and to be looked at quickly, since it cannot be evicted meanwhile
   */
  T read(MemorySegment value);
}
