package io.troupe.bench.engine;

import java.nio.ByteBuffer;

/** Records by number, of the size that metadata has. */
final class Records {
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 256;

  /** What one takes in a log, about: key, value, lengths. */
  static final int BYTES = KEY_BYTES + VALUE_BYTES + 16;

  private Records() {}

  /** Spread over the key space, as inode numbers and names are. */
  static byte[] key(long number) {
    return ByteBuffer.allocate(KEY_BYTES)
        .putLong(number * 0x9e3779b97f4a7c15L)
        .putLong(number)
        .array();
  }

  static byte[] value(long number) {
    return ByteBuffer.allocate(VALUE_BYTES).putLong(number).array();
  }

  static boolean isOf(byte[] key, byte[] value) {
    return value.length == VALUE_BYTES
        && ByteBuffer.wrap(value).getLong() == ByteBuffer.wrap(key).getLong(8);
  }
}
