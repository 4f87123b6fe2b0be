package io.troupe.lsm.pekko;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.pekko.persistence.typed.PersistenceId;

/**
 * Some of the slices that the entities of a type are divided into.
 *
 * <p>Entries of the logs carry the slice: {@code | slice (u16) | key |}.
 *
 * @param min first slice, included
 * @param max last slice, included
 */
record Slices(String entityType, int min, int max) {
  private static final int COUNT = 1024;

  Slices {
    if (min < 0 || max >= COUNT || min > max) {
      throw new IllegalArgumentException(
          "slices " + min + " to " + max + ", must be within 0 to " + (COUNT - 1));
    }
  }

  /** The number that Pekko's extension gives, too. */
  static int of(String persistenceId) {
    return Math.abs(persistenceId.hashCode() % COUNT);
  }

  static byte[] entry(int slice, byte[] key) {
    return ByteBuffer.allocate(2 + key.length).putShort((short) slice).put(key).array();
  }

  static int slice(byte[] entry) {
    return Short.toUnsignedInt(ByteBuffer.wrap(entry).getShort());
  }

  static byte[] key(byte[] entry) {
    return Arrays.copyOfRange(entry, 2, entry.length);
  }

  boolean contain(int slice) {
    return min <= slice && slice <= max;
  }

  boolean contain(String persistenceId) {
    return PersistenceId.extractEntityType(persistenceId).equals(entityType);
  }
}
