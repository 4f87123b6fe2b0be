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
  private int[] restarts = new int[16];
  private int restartCount;
  private int count;
  private byte[] last = new byte[64];
  private int lastLength;
  private long lastSequence;

  void add(
      byte[] key,
      int keyLength,
      long sequence,
      byte kind,
      MemorySegment value,
      long valueOffset,
      int valueLength) {
    ensure(MAX_HEADER_BYTES + keyLength + valueLength);
    int shared = 0;
    long tag = sequence;
    if (count % TableFormat.RESTART_INTERVAL == 0) {
      if (restartCount == restarts.length) {
        restarts = Arrays.copyOf(restarts, 2 * restartCount);
      }
      restarts[restartCount++] = position;
    } else {
      int mismatch = Arrays.mismatch(last, 0, lastLength, key, 0, keyLength);
      shared = mismatch < 0 ? keyLength : mismatch;
      long step = sequence - lastSequence;
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
    if (last.length < keyLength) {
      last = Arrays.copyOf(last, 2 * keyLength);
    }
    System.arraycopy(key, shared, last, shared, rest);
    lastLength = keyLength;
    lastSequence = sequence;
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
    return position + 4 * restartCount + 4;
  }

  /** The most that an entry adds to the body. */
  static int bound(int keyLength, int valueLength) {
    return MAX_HEADER_BYTES + 4 + keyLength + valueLength;
  }

  /** Completes the body: the first {@link #length} bytes of the array, as before the call. */
  byte[] finish() {
    int length = length();
    ensure(length - position);
    ByteBuffer end = ByteBuffer.wrap(bytes, position, length - position);
    for (int i = 0; i < restartCount; i++) {
      end.putInt(restarts[i]);
    }
    end.putInt(restartCount);
    return bytes;
  }

  void clear() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[8 << 10];
    }
    position = 0;
    restartCount = 0;
    count = 0;
    lastLength = 0;
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
