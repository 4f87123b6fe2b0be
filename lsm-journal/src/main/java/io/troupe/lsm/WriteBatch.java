package io.troupe.lsm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts and deletes that are committed together, in the order in which they were added (the last one
 * for a key wins), on condition of what they expect. Not thread-safe; handed over at {@link
 * Store#commit}, as are its arrays, which the store keeps: neither may be changed afterwards.
 */
public final class WriteBatch {

  /** Longest key in bytes; the shortest has one. */
  public static final int MAX_KEY_BYTES = 4096;

  /** Longest value in bytes. */
  public static final int MAX_VALUE_BYTES = 16 << 20;

  /** What an operation costs in the log besides its key and value, about. */
  private static final int OVERHEAD_BYTES = 16;

  /** One operation; no value means delete. */
  record Operation(Index index, byte[] key, byte @Nullable [] value) {}

  /** What a key has to be at. */
  record Expectation(Index index, byte[] key, long sequence) {}

  private final List<Expectation> expectations = new ArrayList<>();
  private final List<Operation> operations = new ArrayList<>();
  private long bytes;
  private boolean grows;
  private boolean reclaims;

  /** Sets the value of a key. */
  public WriteBatch put(Index index, byte[] key, byte[] value) {
    if (value.length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "value of " + value.length + " bytes, at most " + MAX_VALUE_BYTES);
    }
    add(new Operation(index, checked(key), value), value.length);
    grows = true;
    return this;
  }

  /** Removes a key, whether it is there or not. */
  public WriteBatch delete(Index index, byte[] key) {
    add(new Operation(index, checked(key), null), 0);
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
    bytes += OVERHEAD_BYTES + key.length; // not in the log, but in the queue
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
    return operations.size();
  }

  /** About how many bytes it takes in the queue, and at most in the log. */
  public long bytes() {
    return bytes;
  }

  List<Expectation> expectations() {
    return expectations;
  }

  List<Operation> operations() {
    return operations;
  }

  /**
   * Whether anything is put: such batches are refused when the disk is nearly full, deletes are
   * not.
   */
  boolean grows() {
    return grows && !reclaims;
  }

  private void add(Operation operation, int valueBytes) {
    operations.add(operation);
    bytes += OVERHEAD_BYTES + operation.key().length + valueBytes;
  }

  private static byte[] checked(byte[] key) {
    if (key.length == 0 || key.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key of " + key.length + " bytes, must be 1 to " + MAX_KEY_BYTES);
    }
    return key;
  }
}
