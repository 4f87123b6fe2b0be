package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import io.troupe.lsm.KeyRange;
import java.nio.ByteBuffer;

/**
 * Keys of the object index, big endian: {@code | volume uuid (16) | inode (8) | object (8) |}, of
 * inline blocks the same; of the file records without the object. A file record holds {@code |
 * format (u8) | truncate epoch (i32) |}.
 */
final class ObjectKeys {
  private static final byte FILE_FORMAT = 1;

  private ObjectKeys() {}

  private static ByteBuffer start(FileId f, int more) {
    return ByteBuffer.allocate(24 + more)
        .putLong(f.volume().uuid().getMostSignificantBits())
        .putLong(f.volume().uuid().getLeastSignificantBits())
        .putLong(f.inode());
  }

  static byte[] object(FileId f, long object) {
    return start(f, 8).putLong(object).array();
  }

  static byte[] file(FileId f) {
    return start(f, 0).array();
  }

  static KeyRange objectsOf(FileId f) {
    return KeyRange.prefix(file(f));
  }

  static KeyRange objectsFrom(FileId f, long object) {
    return new KeyRange(object(f, object), objectsOf(f).to());
  }

  static long objectIn(byte[] key) {
    return ByteBuffer.wrap(key).getLong(24);
  }

  static byte[] fileValue(int truncateEpoch) {
    return ByteBuffer.allocate(5).put(FILE_FORMAT).putInt(truncateEpoch).array();
  }

  static int epochIn(byte[] fileValue) {
    if (fileValue[0] != FILE_FORMAT) {
      throw new IllegalStateException("file record has format " + fileValue[0]);
    }
    return ByteBuffer.wrap(fileValue).getInt(1);
  }
}
