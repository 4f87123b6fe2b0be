package io.troupe.lsm.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the entries of a block, in both directions. Keys are put together in a buffer;
 * backwards, the entries that share a whole key are decoded at once and then handed out from the
 * last to the first. For one thread; used again for the next block.
 */
final class BlockWalk {

  private static final int INTERVAL = TableFormat.RESTART_INTERVAL;
  private static final VarHandle KEY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private @Nullable Block block;
  private MemorySegment bytes = MemorySegment.NULL;
  private int end;

  /** Where the entry behind the current one starts. */
  private int at;

  /** The interval of the current entry, and its place there; -1 in front of the first. */
  private int interval;

  private int place;
  private boolean behind; // whether it stands behind the last entry

  /** The interval that {@link #decode} decoded; negative for none. */
  private int decoded = -1;

  // What it decoded; made when it is first gone backwards.
  private int[] keyStarts = {};
  private int[] valueOffsets = {};
  private int[] valueLengths = {};
  private long[] sequences = {};
  private byte[] kinds = {};
  private byte[] keys = {};

  // the current entry
  private byte[] key = new byte[64];
  private int keyLength;
  private long sequence;
  private byte kind;
  private int valueOffset;
  private int valueLength;

  /** Takes a pinned block over, and gives the one before back. Stands in front of its entries. */
  void take(Block taken) {
    release();
    block = taken;
    bytes = taken.memory();
    end = taken.entriesEnd();
    decoded = -1;
    toStart();
  }

  /** Gives the block back. */
  void release() {
    Block held = block;
    if (held != null) {
      block = null;
      held.release();
    }
  }

  boolean isEmpty() {
    return block == null;
  }

  /** In front of the first entry. */
  void toStart() {
    at = block().start();
    interval = 0;
    place = -1;
    behind = false;
  }

  /** Behind the last entry. */
  void toEnd() {
    Block taken = block();
    interval = taken.restartCount() - 1;
    decode(interval);
    place = decodedEntries(); // one behind the last
    at = end;
    behind = true;
  }

  /** On the first entry that is not before a version; false when all are: then behind the last. */
  boolean seek(byte[] target, long targetSequence) {
    Block taken = block();
    interval = taken.lastBefore(target, targetSequence);
    at = taken.restart(interval);
    place = -1;
    behind = false;
    while (next()) {
      int order = Arrays.compareUnsigned(key, 0, keyLength, target, 0, target.length);
      if (order > 0 || (order == 0 && sequence <= targetSequence)) {
        return true;
      }
    }
    return false;
  }

  boolean next() {
    if (at >= end) {
      if (!behind) {
        place++;
        behind = true;
      }
      return false;
    }
    place++;
    boolean whole = place % INTERVAL == 0;
    if (place == INTERVAL) {
      place = 0;
      interval++;
    }
    at = decodeAt(at, whole ? 0 : sequence, whole);
    return true;
  }

  boolean previous() {
    behind = false;
    if (place <= 0) {
      if (interval == 0) {
        place = -1;
        at = block().start();
        return false;
      }
      interval--;
      place = INTERVAL;
    }
    place--;
    if (decoded != interval) {
      decode(interval);
    }
    keyLength = keyStarts[place + 1] - keyStarts[place];
    if (key.length < keyLength + 8) {
      key = new byte[2 * keyLength + 8];
    }
    System.arraycopy(keys, keyStarts[place], key, 0, keyLength);
    sequence = sequences[place];
    kind = kinds[place];
    valueOffset = valueOffsets[place];
    valueLength = valueLengths[place];
    at = valueOffset + valueLength;
    return true;
  }

  byte[] key() {
    return key;
  }

  int keyLength() {
    return keyLength;
  }

  long sequence() {
    return sequence;
  }

  byte kind() {
    return kind;
  }

  MemorySegment memory() {
    return bytes;
  }

  int valueOffset() {
    return valueOffset;
  }

  int valueLength() {
    return valueLength;
  }

  private Block block() {
    Block taken = block;
    if (taken == null) {
      throw new IllegalStateException("there is no block");
    }
    return taken;
  }

  private int decodedEntries() {
    int entries = 0;
    while (entries < INTERVAL && keyStarts[entries + 1] >= 0) {
      entries++;
    }
    return entries;
  }

  private void decode(int wanted) {
    Block taken = block();
    int i = taken.restart(wanted);
    int limit = wanted + 1 < taken.restartCount() ? taken.restart(wanted + 1) : end;
    int used = 0;
    long before = 0;
    int entry = 0;
    if (keyStarts.length == 0) {
      keyStarts = new int[INTERVAL + 1];
      valueOffsets = new int[INTERVAL];
      valueLengths = new int[INTERVAL];
      sequences = new long[INTERVAL];
      kinds = new byte[INTERVAL];
    }
    keyStarts[0] = 0;
    for (; i < limit; entry++) {
      i = decodeAt(i, before, entry == 0);
      before = sequence;
      if (keys.length < used + keyLength) {
        keys = Arrays.copyOf(keys, 2 * (used + keyLength));
      }
      System.arraycopy(key, 0, keys, used, keyLength);
      used += keyLength;
      keyStarts[entry + 1] = used;
      sequences[entry] = sequence;
      kinds[entry] = kind;
      valueOffsets[entry] = valueOffset;
      valueLengths[entry] = valueLength;
    }
    for (; entry < INTERVAL; entry++) {
      keyStarts[entry + 1] = -1;
    }
    decoded = wanted;
  }

  /** Decodes an entry, given the key before it in the buffer; returns where the next one starts. */
  private int decodeAt(int entry, long before, boolean whole) {
    MemorySegment from = bytes;
    int i = entry;
    int shared = from.get(ValueLayout.JAVA_BYTE, i++);
    if (shared < 0) {
      shared = Block.varint(from, i, shared);
      i += Block.varintBytes(shared) - 1;
    }
    int rest = from.get(ValueLayout.JAVA_BYTE, i++);
    if (rest < 0) {
      rest = Block.varint(from, i, rest);
      i += Block.varintBytes(rest) - 1;
    }
    int length = from.get(ValueLayout.JAVA_BYTE, i++);
    if (length < 0) {
      length = Block.varint(from, i, length);
      i += Block.varintBytes(length) - 1;
    }
    long tag = from.get(ValueLayout.JAVA_BYTE, i++);
    if (tag < 0) {
      tag &= 0x7f;
      for (int shift = 7; ; shift += 7) {
        byte more = from.get(ValueLayout.JAVA_BYTE, i++);
        tag |= (more & 0x7fL) << shift;
        if (more >= 0) {
          break;
        }
      }
    }
    long step = tag >>> 2;
    sequence = whole ? step : before + ((step >>> 1) ^ -(step & 1));
    kind = (byte) (tag & 3);
    keyLength = shared + rest;
    if (key.length < keyLength + 8) {
      key = Arrays.copyOf(key, 2 * keyLength + 8);
    }
    copy(from, i, key, shared, rest);
    valueOffset = i + rest;
    valueLength = length;
    return valueOffset + length;
  }

  /**
   * Copies by eight bytes: up to seven more than asked are read, which are still of the block (its
   * entries are followed by eight bytes at least), and written, which is room that the buffer has.
   */
  private static void copy(MemorySegment from, int offset, byte[] to, int start, int length) {
    if (length > 64) {
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, to, start, length);
      return;
    }
    for (int i = 0; i < length; i += 8) {
      KEY_LONG.set(to, start + i, from.get(Block.LONG, offset + i));
    }
  }
}
