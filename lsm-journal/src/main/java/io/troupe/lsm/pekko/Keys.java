package io.troupe.lsm.pekko;

import io.troupe.lsm.KeyRange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Keys of the plugins' indices.
 *
 * <pre>
 *   numbered: | persistence id (UTF-8) | 0x00 | sequence number (u64, big endian) |
 *   plain:    | persistence id (UTF-8) |
 * </pre>
 *
 * The zero byte ends the id, so that no id is the prefix of another one's keys; an id must not
 * contain one.
 */
final class Keys {
  private Keys() {}

  static byte[] plain(String persistenceId) {
    byte[] id = persistenceId.getBytes(StandardCharsets.UTF_8);
    for (byte b : id) {
      if (b == 0) {
        throw new IllegalArgumentException("a persistence id must not contain NUL");
      }
    }
    return id;
  }

  static byte[] numbered(String persistenceId, long sequenceNr) {
    byte[] id = plain(persistenceId);
    return ByteBuffer.allocate(id.length + 9).put(id).put((byte) 0).putLong(sequenceNr).array();
  }

  static long sequenceNr(byte[] numberedKey) {
    return ByteBuffer.wrap(numberedKey).getLong(numberedKey.length - 8);
  }

  /** From one sequence number to another, both included; both from 0 on. */
  static KeyRange range(String persistenceId, long from, long to) {
    return to == Long.MAX_VALUE
        ? new KeyRange(numbered(persistenceId, from), KeyRange.prefix(prefix(persistenceId)).to())
        : KeyRange.between(numbered(persistenceId, from), numbered(persistenceId, to + 1));
  }

  private static byte[] prefix(String persistenceId) {
    byte[] id = plain(persistenceId);
    return ByteBuffer.allocate(id.length + 1).put(id).put((byte) 0).array();
  }
}
