package io.troupe.osd.store;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of an object's blocks that lie in the index and not in a segment; the value of a record
 * beside that of the block map, which tells which blocks these are and has their checksums.
 *
 * <pre>
 *   | format (u8) | each: block (u16) | length (u16) | bytes |
 * </pre>
 *
 * A block is stored without the zeros at its end.
 */
final class InlineBlocks {
  private static final byte FORMAT = 1;
  private static final int BLOCK_HEADER_BYTES = 4;

  private InlineBlocks() {}

  /** The start of a block, as far as it has other bytes than zeros. */
  static byte[] withoutZerosAtEnd(byte[] bytes, int length) {
    int n = length;
    while (n > 0 && bytes[n - 1] == 0) {
      n--;
    }
    return java.util.Arrays.copyOf(bytes, n);
  }

  static byte[] encode(Map<Integer, byte[]> blocks) {
    int size = 1;
    for (byte[] b : blocks.values()) {
      size += BLOCK_HEADER_BYTES + b.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).put(FORMAT);
    blocks.forEach(
        (block, b) -> out.putShort((short) (int) block).putShort((short) b.length).put(b));
    return out.array();
  }

  static Map<Integer, byte[]> decode(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("inline record has format " + format);
    }
    Map<Integer, byte[]> blocks = new TreeMap<>();
    while (in.hasRemaining()) {
      int block = Short.toUnsignedInt(in.getShort());
      byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
      in.get(bytes);
      blocks.put(block, bytes);
    }
    return blocks;
  }
}
