package io.troupe.lsm.group;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.WriteBatch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A part of a snapshot: keys with their values, in the order of the group's ranges.
 *
 * <pre>
 * chunk: | (range u16, key length u16, value length u32, key, value)… |
 * </pre>
 */
final class ChunkFormat {

  private static final int OVERHEAD_BYTES = 8;

  private ChunkFormat() {}

  /** What the entry under a cursor takes in a chunk. */
  static long bytes(Cursor cursor) {
    return OVERHEAD_BYTES + cursor.keySegment().byteSize() + cursor.valueSegment().byteSize();
  }

  static void add(ByteArrayOutputStream chunk, int range, Cursor cursor) {
    byte[] key = cursor.key();
    byte[] value = cursor.value();
    var out = new DataOutputStream(chunk);
    try {
      out.writeShort(range);
      out.writeShort(key.length);
      out.writeInt(value.length);
      out.write(key);
      out.write(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of an array: there is none
    }
  }

  /**
   * Puts what a chunk holds.
   *
   * @param indices of the ranges, in their order
   * @throws MalformedException when it is no chunk of these ranges
   */
  static void decode(byte[] chunk, GroupRanges ranges, List<Index> indices, WriteBatch batch) {
    var scan = new Scan("chunk", chunk);
    while (scan.left() > 0) {
      int range = scan.u16();
      if (range >= ranges.ranges().size()) {
        throw scan.malformed("range " + range + " of " + ranges.ranges().size());
      }
      int keyLength = scan.u16();
      int valueLength = scan.length();
      if (keyLength < 1
          || keyLength > WriteBatch.MAX_KEY_BYTES
          || valueLength > WriteBatch.MAX_VALUE_BYTES) {
        throw scan.malformed("key of " + keyLength + ", value of " + valueLength + " bytes");
      }
      byte[] key = scan.bytes(keyLength);
      if (!ranges.ranges().get(range).range().contains(key)) {
        throw scan.malformed("key that is not of range " + range);
      }
      batch.put(indices.get(range), key, scan.bytes(valueLength));
    }
  }
}
