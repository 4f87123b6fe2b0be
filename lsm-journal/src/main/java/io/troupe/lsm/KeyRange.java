package io.troupe.lsm;

import java.util.Arrays;
import java.util.Optional;

/**
 * A range of keys in unsigned byte order.
 *
 * @param from the first key of the range; empty for the start of the index
 * @param to the first key behind the range; absent for the end of the index
 */
public record KeyRange(byte[] from, Optional<byte[]> to) {

  private static final KeyRange ALL = new KeyRange(new byte[0], Optional.empty());

  /** Every key. */
  public static KeyRange all() {
    return ALL;
  }

  /** Every key that starts with the given bytes. */
  public static KeyRange prefix(byte[] prefix) {
    return new KeyRange(prefix, successor(prefix));
  }

  /** From {@code from}, included, to {@code to}, excluded. */
  public static KeyRange between(byte[] from, byte[] to) {
    return new KeyRange(from, Optional.of(to));
  }

  /** From {@code from}, included, to the end. */
  public static KeyRange from(byte[] from) {
    return new KeyRange(from, Optional.empty());
  }

  /** Whether the key lies in the range. */
  public boolean contains(byte[] key) {
    return Arrays.compareUnsigned(from, key) <= 0
        && (to.isEmpty() || Arrays.compareUnsigned(key, to.get()) < 0);
  }

  /**
   * The smallest key above all keys with that prefix; none when the prefix consists of 0xff only.
   */
  private static Optional<byte[]> successor(byte[] prefix) {
    int last = prefix.length - 1;
    while (last >= 0 && prefix[last] == (byte) 0xff) {
      last--;
    }
    if (last < 0) {
      return Optional.empty();
    }
    byte[] next = Arrays.copyOf(prefix, last + 1);
    next[last]++;
    return Optional.of(next);
  }
}
