package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A block that verified: searched in place, without decoding its entries. Layout: {@link
 * TableFormat}.
 */
final class Block {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final MemorySegment memory;
  private final int count;
  private final int offsets;

  /** Set by readers, cleared by the cache as its hand passes; races are harmless. */
  boolean referenced;

  private Block(byte[] bytes, int count, int offsets) {
    this.bytes = bytes;
    this.memory = MemorySegment.ofArray(bytes);
    this.count = count;
    this.offsets = offsets;
  }

  /** A block of a table, with its checksum behind it. */
  static Block decode(String file, byte[] bytes, long fileNumber, long offset)
      throws CorruptionException {
    TableFormat.verify(file, bytes, fileNumber, offset, "block");
    int countAt = bytes.length - TableFormat.CRC_BYTES - 4;
    int count = intAt(bytes, countAt);
    int offsets = countAt - 4 * count;
    if (count <= 0 || offsets < 0) {
      throw new CorruptionException(
          file, offset, "a block of " + count + " entries in " + bytes.length + " bytes");
    }
    return new Block(bytes, count, offsets);
  }

  static int intAt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  int bytes() {
    return bytes.length;
  }

  int count() {
    return count;
  }

  /** The first entry that is not before a version; {@link #count} when all are. */
  int lowerBound(byte[] key, long sequence) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(middle, key, sequence) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  boolean hasKey(int entry, byte[] key) {
    int at = at(entry);
    int keyAt = at + TableFormat.ENTRY_HEADER_BYTES;
    return Arrays.equals(bytes, keyAt, keyAt + keyLength(at), key, 0, key.length);
  }

  /** Copies a key to the start of an array, or of a longer one; returns which. */
  byte[] key(int entry, byte[] buffer) {
    int at = at(entry);
    int length = keyLength(at);
    byte[] target = buffer.length < length ? new byte[2 * length] : buffer;
    System.arraycopy(bytes, at + TableFormat.ENTRY_HEADER_BYTES, target, 0, length);
    return target;
  }

  int keyLengthOf(int entry) {
    return keyLength(at(entry));
  }

  long sequence(int entry) {
    return (long) LONG.get(bytes, at(entry));
  }

  byte kind(int entry) {
    return bytes[at(entry) + 14];
  }

  /** All of the block. */
  MemorySegment memory() {
    return memory;
  }

  int valueOffset(int entry) {
    int at = at(entry);
    return at + TableFormat.ENTRY_HEADER_BYTES + keyLength(at);
  }

  int valueLength(int entry) {
    return (int) INT.get(bytes, at(entry) + 10);
  }

  private int compare(int entry, byte[] key, long sequence) {
    int at = at(entry);
    int keyAt = at + TableFormat.ENTRY_HEADER_BYTES;
    int order = Arrays.compareUnsigned(bytes, keyAt, keyAt + keyLength(at), key, 0, key.length);
    return order != 0 ? order : Long.compare(sequence, (long) LONG.get(bytes, at));
  }

  private int at(int entry) {
    return (int) INT.get(bytes, offsets + 4 * entry);
  }

  private int keyLength(int at) {
    return (short) SHORT.get(bytes, at + 8) & 0xffff;
  }
}
