package io.troupe.lsm;

import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.wal.Operations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts and deletes that are committed together, in the order in which they were added (the last one
 * for a key wins), on condition of what they expect. Keys and values are copied when they are
 * added, into the form that they have in the log. Not thread-safe; handed over at {@link
 * Store#commit}: not to be changed afterwards.
 */
public final class WriteBatch {

  /** Longest key in bytes; the shortest has one. */
  public static final int MAX_KEY_BYTES = 4096;

  /** Longest value in bytes. */
  public static final int MAX_VALUE_BYTES = 16 << 20;

  /** Most bytes of all operations together. */
  public static final int MAX_BYTES = 512 << 20;

  private static final int FIRST_BYTES = 512;
  private static final byte[] NO_VALUE = new byte[0];

  /** What a key has to be at. */
  record Expectation(Index index, byte[] key, long sequence) {}

  private final List<Expectation> expectations = new ArrayList<>();
  private final List<Index> indices = new ArrayList<>(2);
  private byte[] encoded = new byte[FIRST_BYTES];
  private int encodedBytes;
  private int expectedBytes;
  private int size;
  private boolean grows;
  private boolean reclaims;

  /** Sets the value of a key. */
  public WriteBatch put(Index index, byte[] key, byte[] value) {
    if (value.length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "value of " + value.length + " bytes, at most " + MAX_VALUE_BYTES);
    }
    add(index, Kind.PUT, checked(key), value);
    grows = true;
    return this;
  }

  /** Removes a key, whether it is there or not. */
  public WriteBatch delete(Index index, byte[] key) {
    add(index, Kind.DELETE, checked(key), NO_VALUE);
    return this;
  }

  /**
   * Makes the whole batch happen only if the key is still as it was read: decided at the moment of
   * the commit, in order with all others. If it is not, the commit fails with CONFLICT and nothing
   * happens. A batch that expects something may read the disk in {@link Store#commit}.
   *
   * @param sequence as {@link Reader#getVersioned} or {@link Cursor#sequence} gave it, or what the
   *     commit that wrote the key returned; 0: the key is absent
   */
  public WriteBatch expect(Index index, byte[] key, long sequence) {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence number " + sequence + ", at least 0");
    }
    expectations.add(new Expectation(index, checked(key), sequence));
    expectedBytes += Operations.OVERHEAD_BYTES + key.length; // not in the log, but in the queue
    return this;
  }

  /**
   * Says that the batch frees more than it puts: it is accepted like one of deletes alone when the
   * disk is nearly full.
   */
  public WriteBatch reclaiming() {
    reclaims = true;
    return this;
  }

  /** How many operations it holds. */
  public int size() {
    return size;
  }

  /** About how many bytes it takes in the queue. */
  public long bytes() {
    return (long) encodedBytes + expectedBytes;
  }

  List<Expectation> expectations() {
    return expectations;
  }

  /** The indices that its operations name, each once. */
  List<Index> indices() {
    return indices;
  }

  /** The operations in the form of the log, {@link #encodedBytes} bytes of it. */
  byte[] encoded() {
    return encoded;
  }

  int encodedBytes() {
    return encodedBytes;
  }

  /** A walk over the operations. */
  Operations operations() {
    return new Operations().over(encoded, 0, size);
  }

  /**
   * Whether anything is put: such batches are refused when the disk is nearly full, deletes are
   * not.
   */
  boolean grows() {
    return grows && !reclaims;
  }

  private void add(Index index, byte kind, byte[] key, byte[] value) {
    long needed = (long) encodedBytes + Operations.OVERHEAD_BYTES + key.length + value.length;
    if (needed > MAX_BYTES) {
      throw new IllegalArgumentException("batch of " + needed + " bytes, at most " + MAX_BYTES);
    }
    if (needed > encoded.length) {
      encoded = Arrays.copyOf(encoded, (int) Math.max(needed, 2L * encoded.length));
    }
    if (!indices.contains(index)) {
      indices.add(index);
    }
    encodedBytes = Operations.write(encoded, encodedBytes, index.id(), kind, key, value);
    size++;
  }

  private static byte[] checked(byte[] key) {
    if (key.length == 0 || key.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key of " + key.length + " bytes, must be 1 to " + MAX_KEY_BYTES);
    }
    return key;
  }
}
