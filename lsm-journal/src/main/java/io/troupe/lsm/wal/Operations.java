package io.troupe.lsm.wal;

import io.troupe.lsm.range.RangeTombstone;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Operations in the form that they have in the log, end to end in an array, and a walk over them in
 * place. A batch is put into this form once, by who fills it; the log copies it, memtables are
 * filled from it, recovery and tails read it. Allocates nothing per operation. For one thread.
 *
 * <pre>
 * operation: 0           4         5                7                  11
 *            | index u32 | kind u8 | key length u16 | value length u32 | key | value |
 * </pre>
 *
 * <p>The kind is one of {@link io.troupe.lsm.entry.Kind}, or {@link #DELETE_RANGE}: then the key is
 * the first one of the range, and the value the first key behind it.
 */
public final class Operations {

  /** What an operation takes besides key and value. */
  public static final int OVERHEAD_BYTES = 11;

  /** Kind of an operation that deletes a range of keys. */
  public static final byte DELETE_RANGE = 65;

  private static final int KIND = 4;
  private static final int KEY_LENGTH = 5;
  private static final int VALUE_LENGTH = 7;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[0];
  private int at;
  private int left;
  private int position;

  /**
   * Writes an operation, for which there has to be room.
   *
   * @return where the next one goes
   */
  public static int write(byte[] to, int at, int index, byte kind, byte[] key, byte[] value) {
    INT.set(to, at, index);
    to[at + KIND] = kind;
    SHORT.set(to, at + KEY_LENGTH, (short) key.length);
    INT.set(to, at + VALUE_LENGTH, value.length);
    System.arraycopy(key, 0, to, at + OVERHEAD_BYTES, key.length);
    System.arraycopy(value, 0, to, at + OVERHEAD_BYTES + key.length, value.length);
    return at + OVERHEAD_BYTES + key.length + value.length;
  }

  /** Starts in front of the first of so many operations of an array that was verified. */
  public Operations over(byte[] array, int from, int count) {
    bytes = array;
    position = from;
    left = count;
    return this;
  }

  /** Moves to the next one; false at the end. */
  public boolean next() {
    if (left == 0) {
      return false;
    }
    left--;
    at = position;
    position = valueAt() + valueLength();
    return true;
  }

  public int index() {
    return (int) INT.get(bytes, at);
  }

  public byte kind() {
    return bytes[at + KIND];
  }

  /** The array that has key and value. Not to be modified. */
  public byte[] array() {
    return bytes;
  }

  public int keyAt() {
    return at + OVERHEAD_BYTES;
  }

  public int keyLength() {
    return (short) SHORT.get(bytes, at + KEY_LENGTH) & 0xffff;
  }

  public int valueAt() {
    return at + OVERHEAD_BYTES + keyLength();
  }

  public int valueLength() {
    return (int) INT.get(bytes, at + VALUE_LENGTH);
  }

  /** What a {@link #DELETE_RANGE} says. */
  public RangeTombstone rangeTombstone(long sequence) {
    return new RangeTombstone(
        Arrays.copyOfRange(bytes, keyAt(), keyAt() + keyLength()),
        Arrays.copyOfRange(bytes, valueAt(), valueAt() + valueLength()),
        sequence);
  }

  /** Where the current one starts. */
  public int start() {
    return at;
  }

  /** Where the current one ends. */
  public int end() {
    return position;
  }
}
