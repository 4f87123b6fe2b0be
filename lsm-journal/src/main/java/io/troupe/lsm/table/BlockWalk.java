package io.troupe.lsm.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the entries of a block, in both directions. Keys are put together in a buffer. For
 * one thread; used again for the next block.
 */
final class BlockWalk {

  private static final int INTERVAL = TableFormat.RESTART_INTERVAL;
  private static final VarHandle KEY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Eight bytes from the start of an entry on are of the block: see {@link #copy}. */
  private static final ValueLayout.OfLong HEADER =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private @Nullable Block block;
  private MemorySegment bytes = MemorySegment.NULL;
  private int count;

  /** Where the entry behind the current one starts. */
  private int at;

  /** The current entry; -1 in front of the first, {@link #count} behind the last. */
  private int number;

  private long headSequence;

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
    count = taken.count();
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
    number = -1;
  }

  /** Behind the last entry. */
  void toEnd() {
    number = count;
  }

  /** On the first entry that is not before a version; false when all are: then behind the last. */
  boolean seek(byte[] target, long targetSequence) {
    number = block().firstFrom(target, targetSequence);
    if (number == count) {
      return false;
    }
    place();
    return true;
  }

  boolean next() {
    if (number + 1 >= count) {
      number = count;
      return false;
    }
    number++;
    at = decodeAt(at, number % INTERVAL == 0);
    return true;
  }

  boolean previous() {
    if (number <= 0) {
      toStart();
      return false;
    }
    number--;
    place();
    return true;
  }

  /** Decodes the current entry, wherever the one before was. */
  private void place() {
    Block taken = block();
    int behindHead = number % INTERVAL;
    at = decodeAt(taken.entry(number - behindHead), true);
    if (behindHead != 0) {
      at = decodeAt(taken.entry(number), false);
    }
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

  /** Which entry it stands on. */
  int number() {
    return number;
  }

  /** The block that it stands in. */
  Block block() {
    Block taken = block;
    if (taken == null) {
      throw new IllegalStateException("there is no block");
    }
    return taken;
  }

  /**
   * Decodes an entry; returns where the next one starts. The buffer has the key of the head, or of
   * an entry between: what that has in common with the head is as much as this one has, or more.
   */
  private int decodeAt(int entry, boolean whole) {
    // All of the header at once where it is short: lengths of keys in a byte each, that of the
    // value and the tag in one or two, without a branch on which.
    long header = bytes.get(HEADER, entry);
    long longer = (header >>> 23) & 1;
    long length = ((header >>> 16) & 0x7f) | ((header >>> 17) & 0x3f80 & -longer);
    long behind = header >>> (24 + (longer << 3));
    long more = (behind >>> 7) & 1;
    if ((header & 0x8080) != 0 || ((longer & (header >>> 31)) | (more & (behind >>> 15))) != 0) {
      return decodeLong(entry, whole);
    }
    long tag = (behind & 0x7f) | ((behind >>> 1) & 0x3f80 & -more);
    int shared = (int) header & 0x7f;
    int rest = (int) (header >>> 8) & 0x7f;
    return decoded(entry + 4 + (int) (longer + more), shared, rest, (int) length, tag, whole);
  }

  private int decodeLong(int entry, boolean whole) {
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
    return decoded(i, shared, rest, length, tag, whole);
  }

  /** Takes over what a header says; {@code i} is where the rest of the key is. */
  private int decoded(int i, int shared, int rest, int length, long tag, boolean whole) {
    long step = tag >>> 2;
    if (whole) {
      headSequence = step;
      sequence = step;
    } else {
      sequence = headSequence + ((step >>> 1) ^ -(step & 1));
    }
    kind = (byte) (tag & 3);
    keyLength = shared + rest;
    if (key.length < keyLength + 8) {
      key = Arrays.copyOf(key, 2 * keyLength + 8);
    }
    copy(bytes, i, key, shared, rest);
    valueOffset = i + rest;
    valueLength = length;
    return valueOffset + length;
  }

  /**
   * Copies by eight bytes: up to seven more than asked are read, which are still of the block (its
   * keys are followed by as many at least), and written, which is room that the buffer has.
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
