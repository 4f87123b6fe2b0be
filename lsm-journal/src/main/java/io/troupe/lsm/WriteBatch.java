package io.troupe.lsm;

import io.troupe.lsm.entry.Delta;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.wal.Operations;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts, deletes and changes of counters that are committed together, in the order in which they
 * were added (the last one for a key wins), on condition of what they expect. Keys and values are
 * copied when they are added, into the form that they have in the log. Not thread-safe; handed over
 * at {@link Store#commit}: not to be changed afterwards.
 */
public final class WriteBatch {

  /** Longest key in bytes; the shortest has one. */
  public static final int MAX_KEY_BYTES = 4096;

  /** Longest value in bytes. */
  public static final int MAX_VALUE_BYTES = 16 << 20;

  /** Most bytes of all operations together. */
  public static final int MAX_BYTES = 512 << 20;

  private static final int FIRST_BYTES = 512;
  private static final int FAST_BYTES = 32 << 10; // what is smaller grows in fewer steps
  private static final byte[] NO_VALUE = new byte[0];

  /** Is told what a batch holds, see {@link #visit}. */
  public interface Visitor {
    void put(Index index, byte[] key, byte[] value);

    void delete(Index index, byte[] key);

    void deleteRange(Index index, byte[] fromInclusive, byte[] toExclusive);

    void add(Index index, byte[] key, long delta);
  }

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
  private boolean hasKeys; // and not only deletes of ranges
  private @Nullable BatchKeys keys; // once something was added to a counter

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
   * Removes all keys of a range, in the time that one delete takes.
   *
   * @param fromInclusive the first key of the range
   * @param toExclusive the first key behind it
   * @throws IllegalArgumentException when the range is empty
   */
  public WriteBatch deleteRange(Index index, byte[] fromInclusive, byte[] toExclusive) {
    if (Arrays.compareUnsigned(checked(fromInclusive), checked(toExclusive)) >= 0) {
      throw new IllegalArgumentException("the range ends before it starts");
    }
    deleteAdded(index, fromInclusive, toExclusive);
    add(index, Operations.DELETE_RANGE, fromInclusive, toExclusive);
    return this;
  }

  /**
   * Adds to a counter: to the number that the key has as its value, eight bytes big-endian, or to 0
   * when there is none. Needs no read. Sums overflow silently.
   *
   * @throws IllegalArgumentException when the batch itself puts a value that is no counter
   */
  public WriteBatch add(Index index, byte[] key, long delta) {
    BatchKeys known = keys == null ? new BatchKeys(operations()) : keys;
    keys = known;
    int earlier = known.find(index, checked(key));
    byte kind = Kind.MERGE;
    if (earlier != BatchKeys.NONE) {
      Operations operation = new Operations().over(encoded, earlier, 1);
      operation.next();
      if (operation.kind() == Kind.DELETE) {
        kind = Kind.PUT; // within a batch the last operation of a key counts alone
      } else if (operation.valueLength() != Delta.BYTES) {
        throw new IllegalArgumentException(
            "the batch puts a value of " + operation.valueLength() + " bytes: no counter");
      } else {
        var memory = MemorySegment.ofArray(encoded);
        Delta.put(memory, operation.valueAt(), Delta.at(memory, operation.valueAt()) + delta);
        return this;
      }
    }
    add(index, kind, key, Delta.value(delta));
    grows = true;
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

  /**
   * Tells a visitor what it does to keys, in order: who does the same to an empty batch gets one
   * with the same effect. Several operations may have become one, but never changed order.
   */
  public void visit(Visitor visitor) {
    Operations operations = operations();
    while (operations.next()) {
      Index index = indexOf(operations.index());
      byte[] key =
          Arrays.copyOfRange(
              encoded, operations.keyAt(), operations.keyAt() + operations.keyLength());
      byte[] value =
          Arrays.copyOfRange(
              encoded, operations.valueAt(), operations.valueAt() + operations.valueLength());
      switch (operations.kind()) {
        case Kind.PUT -> visitor.put(index, key, value);
        case Kind.DELETE -> visitor.delete(index, key);
        case Kind.MERGE -> visitor.add(index, key, Delta.at(MemorySegment.ofArray(value), 0));
        case Operations.DELETE_RANGE -> visitor.deleteRange(index, key, value);
        default -> throw new IllegalStateException("operation of kind " + operations.kind());
      }
    }
  }

  /** Whether it {@link #expect expects} something. */
  public boolean isConditional() {
    return !expectations.isEmpty();
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
  public boolean grows() {
    return grows && !reclaims;
  }

  private Index indexOf(int id) {
    for (Index index : indices) {
      if (index.id() == id) {
        return index;
      }
    }
    throw new IllegalStateException("no index " + id + " in the batch");
  }

  private void add(Index index, byte kind, byte[] key, byte[] value) {
    long needed = (long) encodedBytes + Operations.OVERHEAD_BYTES + key.length + value.length;
    if (needed > MAX_BYTES) {
      throw new IllegalArgumentException("batch of " + needed + " bytes, at most " + MAX_BYTES);
    }
    if (needed > encoded.length) {
      encoded =
          Arrays.copyOf(
              encoded,
              (int) Math.max(needed, (encoded.length < FAST_BYTES ? 4L : 2L) * encoded.length));
    }
    if (!indices.contains(index)) {
      indices.add(index);
    }
    hasKeys |= kind != Operations.DELETE_RANGE;
    if (keys != null && kind != Operations.DELETE_RANGE) {
      keys.put(index, key, encodedBytes);
    }
    encodedBytes = Operations.write(encoded, encodedBytes, index.id(), kind, key, value);
    size++;
  }

  /**
   * Turns what was put into a range into deletes: all operations of a batch have one sequence
   * number, so that a delete of a range does not hide them.
   */
  private void deleteAdded(Index index, byte[] from, byte[] to) {
    if (!hasKeys) {
      return;
    }
    byte[] changed = new byte[encoded.length];
    int at = 0;
    Operations operations = operations();
    while (operations.next()) {
      byte kind = operations.kind();
      byte[] key =
          Arrays.copyOfRange(
              encoded, operations.keyAt(), operations.keyAt() + operations.keyLength());
      if (operations.index() == index.id()
          && kind != Operations.DELETE_RANGE
          && Arrays.compareUnsigned(key, from) >= 0
          && Arrays.compareUnsigned(key, to) < 0) {
        at = Operations.write(changed, at, index.id(), Kind.DELETE, key, NO_VALUE);
      } else {
        int length = operations.end() - operations.start();
        System.arraycopy(encoded, operations.start(), changed, at, length);
        at += length;
      }
    }
    encoded = changed;
    encodedBytes = at;
    keys = null;
  }

  private static byte[] checked(byte[] key) {
    if (key.length == 0 || key.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key of " + key.length + " bytes, must be 1 to " + MAX_KEY_BYTES);
    }
    return key;
  }
}
