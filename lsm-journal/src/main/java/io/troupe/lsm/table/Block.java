package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.entry.Found;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The body of a section in memory that verified: a block of entries, searched in place, or a
 * filter. Layout: {@link TableFormat}.
 *
 * <p>It is pinned by whoever looks at it. Its memory is used for something else only after the
 * number of pins went from zero to {@link #GONE}, in one step; from there it never comes back, so
 * that no pin succeeds any more. A pin that succeeded makes that step impossible until it is
 * released. A block is never filled again: other contents get another object. So who has a pin has
 * the contents that the object was made for.
 */
final class Block implements Found.Pin {

  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final VarHandle KEY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle PINS;

  /** So far below zero that pins which fail never bring it back. */
  private static final int GONE = Integer.MIN_VALUE / 2;

  /** How many rounds of the cache's hand a block survives without being read again. */
  private static final int MAX_WARMTH = 2;

  static {
    try {
      PINS = MethodHandles.lookup().findVarHandle(Block.class, "pins", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MemorySegment memory;
  private final int start;
  private final int length;
  private final boolean cached;

  /** Which section it is. */
  final long table;

  final long offset;

  /** The next one of the same bucket of the cache; written under the lock of its shard. */
  @Nullable Block next;

  /** Where in the cache it is; for its shard. */
  final int firstUnit;

  private volatile int pins = 1;
  private byte warmth; // races are harmless

  private int restarts;
  private int restartCount;

  /**
   * A block whose memory is still to be filled, pinned by who fills it.
   *
   * @param firstUnit where in the cache it is, negative when it is not
   */
  Block(MemorySegment memory, int start, int length, long table, long offset, int firstUnit) {
    this.memory = memory;
    this.start = start;
    this.length = length;
    this.table = table;
    this.offset = offset;
    this.firstUnit = firstUnit;
    this.cached = firstUnit >= 0;
  }

  // ---- life

  /** False when it is gone. */
  boolean pin() {
    if (!cached) {
      return true; // its memory is its own, and garbage with it
    }
    if ((int) PINS.getAndAdd(this, 1) >= 0) {
      if (warmth < MAX_WARMTH) {
        warmth++;
      }
      return true;
    }
    PINS.getAndAdd(this, -1);
    return false;
  }

  @Override
  public void release() {
    if (cached) {
      PINS.getAndAdd(this, -1);
    }
  }

  /** Whether what was read before this call was still the block's. */
  boolean isPresent() {
    VarHandle.loadLoadFence();
    return (int) PINS.getOpaque(this) >= 0;
  }

  /** Notes that it was of use to somebody who did not pin it. */
  void touch() {
    if (warmth < MAX_WARMTH) {
      warmth++;
    }
  }

  /** For the cache's hand: gone, unless somebody looks at it or did since the last round. */
  boolean tryEvict() {
    if (pins != 0) {
      return false;
    }
    if (warmth > 0) {
      warmth--;
      return false;
    }
    return drop();
  }

  /** Gone, unless somebody looks at it. */
  boolean drop() {
    return PINS.compareAndSet(this, 0, GONE);
  }

  /** Whether the cache holds it; others are garbage with their memory. */
  boolean isCached() {
    return cached;
  }

  // ---- contents

  MemorySegment memory() {
    return memory;
  }

  int start() {
    return start;
  }

  int length() {
    return length;
  }

  /** All of it and nothing else, to be filled. */
  MemorySegment body() {
    return memory.asSlice(start, length);
  }

  /** Notes where the entries end, once it is filled with a block of entries. */
  void parse(String file) throws CorruptionException {
    int count = length < 8 ? 0 : memory.get(INT, start + length - 4);
    if (count <= 0 || count > (length - 4) / 4) {
      throw new CorruptionException(
          file, offset, "a block of " + count + " whole keys in " + length + " bytes");
    }
    restartCount = count;
    restarts = length - 4 - 4 * count;
  }

  int restartCount() {
    return restartCount;
  }

  /** Where the entries end, counted in the memory. */
  int entriesEnd() {
    return start + restarts;
  }

  /** Where an entry with a whole key is, counted in the memory. */
  int restart(int number) {
    return start + memory.get(INT, start + restarts + 4 * number);
  }

  /**
   * Finds the first entry that is not before a version.
   *
   * @param answer says which; its value is valid while the block is pinned
   * @return negative when all are before; 0 for an entry of another key, 1 for one of the key
   */
  int find(byte[] key, long sequence, Found answer) {
    MemorySegment bytes = memory;
    int at = restart(lastBefore(key, sequence));
    int end = entriesEnd();
    int matched = 0; // bytes that the entry before has in common with the key
    long current = 0;
    for (int i = 0; at < end; i++) {
      // the header: see BlockBuilder.add
      int shared = bytes.get(ValueLayout.JAVA_BYTE, at++);
      if (shared < 0) {
        shared = varint(bytes, at, shared);
        at += varintBytes(shared) - 1;
      }
      int rest = bytes.get(ValueLayout.JAVA_BYTE, at++);
      if (rest < 0) {
        rest = varint(bytes, at, rest);
        at += varintBytes(rest) - 1;
      }
      int valueLength = bytes.get(ValueLayout.JAVA_BYTE, at++);
      if (valueLength < 0) {
        valueLength = varint(bytes, at, valueLength);
        at += varintBytes(valueLength) - 1;
      }
      long tag = bytes.get(ValueLayout.JAVA_BYTE, at++);
      if (tag < 0) {
        tag &= 0x7f;
        for (int shift = 7; ; shift += 7) {
          byte more = bytes.get(ValueLayout.JAVA_BYTE, at++);
          tag |= (more & 0x7fL) << shift;
          if (more >= 0) {
            break;
          }
        }
      }
      long step = tag >>> 2;
      if (i % TableFormat.RESTART_INTERVAL == 0) {
        current = step;
        matched = 0; // a whole key shares nothing in writing, whatever it has in common
      } else {
        current += (step >>> 1) ^ -(step & 1);
      }
      int valueAt = at + rest;
      int relation = -1;
      if (shared < matched) {
        relation = 0;
      } else if (shared == matched) {
        int common = mismatch(bytes, at, rest, key, matched);
        boolean entryEnds = common == rest;
        boolean keyEnds = matched + common == key.length;
        if (entryEnds && keyEnds) {
          relation = current > sequence ? -1 : 1;
        } else if (keyEnds) {
          relation = 0;
        } else if (!entryEnds) {
          int order =
              (bytes.get(ValueLayout.JAVA_BYTE, at + common) & 0xff)
                  - (key[matched + common] & 0xff);
          relation = order < 0 ? -1 : 0;
        }
        matched += common;
      }
      if (relation >= 0) {
        answer.set((byte) (tag & 3), current, bytes, valueAt, valueLength);
        return relation;
      }
      at = valueAt + valueLength;
    }
    return -1;
  }

  /** The last whole key before a version; 0 when there is none. */
  int lastBefore(byte[] key, long sequence) {
    int low = 0;
    int high = restartCount - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (isBefore(restart(middle), key, sequence)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private boolean isBefore(int entry, byte[] key, long sequence) {
    MemorySegment bytes = memory;
    int at = entry + 1; // nothing is shared
    int rest = bytes.get(ValueLayout.JAVA_BYTE, at++);
    if (rest < 0) {
      rest = varint(bytes, at, rest);
      at += varintBytes(rest) - 1;
    }
    while (bytes.get(ValueLayout.JAVA_BYTE, at++) < 0) {
      // the length of the value
    }
    int tagAt = at;
    while (bytes.get(ValueLayout.JAVA_BYTE, at++) < 0) {
      // the tag
    }
    int common = mismatch(bytes, at, rest, key, 0);
    if (common == rest || common == key.length) {
      if (rest != key.length) {
        return rest < key.length;
      }
      return longVarint(bytes, tagAt) >>> 2 > sequence;
    }
    return (bytes.get(ValueLayout.JAVA_BYTE, at + common) & 0xff) < (key[common] & 0xff);
  }

  /** How many bytes at a place are those of a key from an index on. */
  private static int mismatch(MemorySegment bytes, int at, int length, byte[] key, int from) {
    int common = Math.min(length, key.length - from);
    int i = 0;
    for (; i + 8 <= common; i += 8) {
      long differing = bytes.get(LONG, at + i) ^ (long) KEY_LONG.get(key, from + i);
      if (differing != 0) {
        return i + (Long.numberOfLeadingZeros(differing) >>> 3);
      }
    }
    for (; i < common; i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at + i) != key[from + i]) {
        return i;
      }
    }
    return common;
  }

  /** A varint whose first byte was read and says that more follow. */
  static int varint(MemorySegment bytes, int at, int first) {
    int value = first & 0x7f;
    int i = at;
    for (int shift = 7; ; shift += 7) {
      byte more = bytes.get(ValueLayout.JAVA_BYTE, i++);
      value |= (more & 0x7f) << shift;
      if (more >= 0) {
        return value;
      }
    }
  }

  static long longVarint(MemorySegment bytes, int at) {
    long value = 0;
    int i = at;
    for (int shift = 0; ; shift += 7) {
      byte more = bytes.get(ValueLayout.JAVA_BYTE, i++);
      value |= (more & 0x7fL) << shift;
      if (more >= 0) {
        return value;
      }
    }
  }

  /** How many bytes a number takes as a varint. */
  static int varintBytes(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }
}
