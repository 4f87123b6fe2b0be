package io.troupe.lsm.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects the entries of one block, in order. Layout: {@link TableFormat}. Used again after {@link
 * #clear}.
 */
final class BlockBuilder {

  private ByteBuffer entries = ByteBuffer.allocate(2 * TableFormat.BLOCK_BYTES);
  private int[] offsets = new int[64];
  private int count;

  void add(
      byte[] key,
      int keyLength,
      long sequence,
      byte kind,
      MemorySegment value,
      long valueOffset,
      int valueLength) {
    int needed = TableFormat.ENTRY_HEADER_BYTES + keyLength + valueLength;
    if (entries.remaining() < needed) {
      int capacity = Math.max(2 * entries.capacity(), entries.position() + needed);
      entries = ByteBuffer.allocate(capacity).put(entries.flip());
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    offsets[count++] = entries.position();
    entries
        .putLong(sequence)
        .putShort((short) keyLength)
        .putInt(valueLength)
        .put(kind)
        .put(key, 0, keyLength);
    MemorySegment.copy(
        value,
        ValueLayout.JAVA_BYTE,
        valueOffset,
        entries.array(),
        entries.position(),
        valueLength);
    entries.position(entries.position() + valueLength);
  }

  /** Whether an entry of that size is better put into the next block. */
  boolean isFullFor(int keyBytes, int valueBytes) {
    return count > 0
        && bytes() + 4 + TableFormat.ENTRY_HEADER_BYTES + keyBytes + valueBytes
            > TableFormat.BLOCK_BYTES;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** How long the finished block is. */
  int bytes() {
    return entries.position() + 4 * count + 4 + TableFormat.CRC_BYTES;
  }

  /** The block as it goes to an offset of a file. */
  byte[] finish(long fileNumber, long offset) {
    ByteBuffer block = ByteBuffer.allocate(bytes());
    block.put(entries.array(), 0, entries.position());
    for (int i = 0; i < count; i++) {
      block.putInt(offsets[i]);
    }
    block.putInt(count);
    block.putInt(TableFormat.checksum(block.array(), block.position(), fileNumber, offset));
    return block.array();
  }

  void clear() {
    if (entries.capacity() > (1 << 20)) {
      entries =
          ByteBuffer.allocate(
              2 * TableFormat.BLOCK_BYTES); // one huge value must not stay on the heap
    }
    entries.clear();
    count = 0;
  }
}
