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

  /** The four varints of an entry take no more. */
  private static final int MAX_HEADER_BYTES = 25;

  /** A buffer of this size stays, a larger one goes with the value that needed it. */
  private static final int KEPT_BYTES = 1 << 18;

  private byte[] bytes = new byte[8 << 10];
  private int position;
  private final boolean tagged;
  private int[] offsets = new int[64];
  private byte[] tags = new byte[64];
  private int count;
  private byte[] head = new byte[64];
  private int headLength;
  private long headSequence;

  /**
   * @param tagged whether entries can be found by the hashes of their keys
   */
  BlockBuilder(boolean tagged) {
    this.tagged = tagged;
  }

  void add(
      byte[] key,
      int keyLength,
      long hash,
      long sequence,
      byte kind,
      MemorySegment value,
      long valueOffset,
      int valueLength) {
    ensure(MAX_HEADER_BYTES + keyLength + valueLength);
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      tags = Arrays.copyOf(tags, 2 * count);
    }
    offsets[count] = position;
    tags[count] = TableFormat.tag(hash);
    int shared = 0;
    long tag = sequence;
    if (count % TableFormat.RESTART_INTERVAL == 0) {
      if (head.length < keyLength) {
        head = new byte[2 * keyLength];
      }
      System.arraycopy(key, 0, head, 0, keyLength);
      headLength = keyLength;
      headSequence = sequence;
    } else {
      int mismatch = Arrays.mismatch(head, 0, headLength, key, 0, keyLength);
      shared = mismatch < 0 ? keyLength : mismatch;
      long step = sequence - headSequence;
      tag = (step << 1) ^ (step >> 63);
    }
    int rest = keyLength - shared;
    varint(shared);
    varint(rest);
    varint(valueLength);
    varint((tag << 2) | kind);
    System.arraycopy(key, shared, bytes, position, rest);
    position += rest;
    MemorySegment.copy(value, ValueLayout.JAVA_BYTE, valueOffset, bytes, position, valueLength);
    position += valueLength;
    count++;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /** How long the body is. */
  int length() {
    return position + ((isWide() ? 4 : 2) + (tagged ? 1 : 0)) * count + 4;
  }

  private boolean isWide() {
    return position > 0xffff;
  }

  /** The most that an entry adds to the body, unless that makes offsets wide. */
  static int bound(int keyLength, int valueLength) {
    return MAX_HEADER_BYTES + 5 + keyLength + valueLength;
  }

  /** Completes the body: the first {@link #length} bytes of the array, as before the call. */
  byte[] finish() {
    int length = length();
    ensure(length - position);
    ByteBuffer end = ByteBuffer.wrap(bytes, position, length - position);
    boolean wide = isWide();
    for (int i = 0; i < count; i++) {
      if (wide) {
        end.putInt(offsets[i]);
      } else {
        end.putShort((short) offsets[i]);
      }
    }
    if (tagged) {
      end.put(tags, 0, count);
    }
    end.putInt(
        count | (tagged ? TableFormat.BLOCK_TAGGED : 0) | (wide ? TableFormat.BLOCK_WIDE : 0));
    return bytes;
  }

  void clear() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[8 << 10];
    }
    position = 0;
    count = 0;
  }

  private void ensure(int more) {
    if (bytes.length - position < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, position + more));
    }
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[position++] = (byte) rest;
  }
}
