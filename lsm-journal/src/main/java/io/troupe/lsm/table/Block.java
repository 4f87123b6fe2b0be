package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.entry.Found;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
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
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long TOP_BITS = 0x8080808080808080L;
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

  // Where it is remembered; written by who has it pinned, always with the same place.
  private @Nullable AtomicReferenceArray<@Nullable Block> home;
  private int homeAt;

  private volatile int pins = 1;
  private byte warmth; // races are harmless

  private int count;
  private int entriesLength;
  private boolean wide; // offsets take four bytes, not two
  private int tags; // where they start, counted in the body; negative without
  private @Nullable Guide guide; // of an index block

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

  /**
   * Keeps it where it is found without a search, until the cache takes it away. It is pinned; the
   * place is the same each time.
   */
  void remember(AtomicReferenceArray<@Nullable Block> blocks, int at) {
    if (cached) { // one that is not would stay for as long as the table
      homeAt = at;
      home = blocks;
      blocks.setRelease(at, this);
    }
  }

  /** Takes what is gone from where it is remembered, so that only what is in memory is. */
  void leaveHome() {
    AtomicReferenceArray<@Nullable Block> blocks = home;
    if (blocks != null) {
      blocks.compareAndSet(homeAt, this, null);
    }
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

  /** Notes where the entries are, once it is filled with a block of entries. */
  void parse(String file) throws CorruptionException {
    lay(file);
    guide = isTagged() ? null : Guide.of(this);
  }

  /** As {@link #parse}, for bytes of which only their checksum is known, if they are data. */
  void parseData(String file) throws CorruptionException {
    lay(file);
    if (!isTagged()) {
      throw new CorruptionException(file, offset, "no block of data");
    }
  }

  private void lay(String file) throws CorruptionException {
    int trailer =
        length < TableFormat.BLOCK_TRAILER_BYTES ? 0 : memory.get(INT, start + length - 4);
    int entries = trailer & TableFormat.BLOCK_COUNT;
    boolean tagged = (trailer & TableFormat.BLOCK_TAGGED) != 0;
    boolean wideOffsets = (trailer & TableFormat.BLOCK_WIDE) != 0;
    int each = (wideOffsets ? 4 : 2) + (tagged ? 1 : 0);
    if (entries == 0 || entries > (length - 4) / each) {
      throw new CorruptionException(
          file, offset, "a block of " + entries + " entries in " + length + " bytes");
    }
    count = entries;
    wide = wideOffsets;
    entriesLength = length - 4 - each * entries;
    tags = tagged ? length - 4 - entries : -1;
  }

  /** How many entries there are; at least one. */
  int count() {
    return count;
  }

  /** Whether it has tags, as data blocks have. */
  boolean isTagged() {
    return tags >= 0;
  }

  /** Where an entry is, counted in the memory; for the one behind the last, where they end. */
  int entry(int number) {
    if (number == count) {
      return start + entriesLength;
    }
    int offsets = start + entriesLength;
    return start
        + (wide
            ? memory.get(INT, offsets + 4 * number)
            : memory.get(SHORT, offsets + 2 * number) & 0xffff);
  }

  /**
   * Finds the newest version of a key that is not newer than a sequence number, in a block with
   * tags: only entries with the tag of the key are looked at.
   *
   * @param answer says which; its value is valid while the block is pinned
   * @return whether there is one
   */
  boolean find(byte[] key, long hash, long sequence, Found answer) {
    MemorySegment bytes = memory;
    int from = start + tags;
    // Most blocks have one interval. Its head is waited for now, together with the tags, and not
    // when an entry was found: with an access that is not put off until somebody needs it.
    byte unused = (byte) BYTE.getOpaque(bytes, (long) start);
    byte tag = TableFormat.tag(hash);
    long pattern = (tag & 0xffL) * EACH_BYTE;
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      long differing = bytes.get(LONG, from + i) ^ pattern;
      // The top bit of each byte that is zero, and perhaps of some behind one.
      long same = (differing - EACH_BYTE) & ~differing & TOP_BITS;
      while (same != 0) {
        int place = Long.numberOfLeadingZeros(same);
        if (isVersion(i + (place >>> 3), key, sequence, answer)) {
          return true;
        }
        same &= ~(Long.MIN_VALUE >>> place);
      }
    }
    for (; i < count; i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, from + i) == tag
          && isVersion(i, key, sequence, answer)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an entry is of a key and not newer than a sequence number. */
  private boolean isVersion(int number, byte[] key, long sequence, Found answer) {
    MemorySegment bytes = memory;
    int at = entry(number);
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
    if (shared + rest != key.length) {
      return false;
    }
    int valueLength = bytes.get(ValueLayout.JAVA_BYTE, at++);
    if (valueLength < 0) {
      valueLength = varint(bytes, at, valueLength);
      at += varintBytes(valueLength) - 1;
    }
    long tag = longVarint(bytes, at);
    at = behindVarint(bytes, at);
    if (mismatch(bytes, at, rest, key, shared) != rest) {
      return false;
    }
    long version = tag >>> 2;
    if (number % TableFormat.RESTART_INTERVAL != 0) {
      // The rest of the key, and what the number counts from, are in the head of the interval.
      int head = entry(number - number % TableFormat.RESTART_INTERVAL);
      int tagAt = tagOf(head);
      if (mismatch(bytes, behindVarint(bytes, tagAt), shared, key, 0) != shared) {
        return false;
      }
      version = (longVarint(bytes, tagAt) >>> 2) + ((version >>> 1) ^ -(version & 1));
    }
    if (version > sequence) {
      return false;
    }
    answer.set((byte) (tag & 3), version, bytes, at + rest, valueLength);
    return true;
  }

  /** The first entry that is not before a version; {@link #count} when all are. */
  int firstFrom(byte[] key, long sequence) {
    Guide known = guide;
    return known == null ? searchFrom(key, sequence) : known.firstFrom(this, key, sequence);
  }

  /** The same, known to be from one entry on, and another at most. */
  int firstFrom(int from, int to, byte[] key, long sequence) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, key, sequence)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBefore(int number, byte[] key, long sequence) {
    int head = entry(number - number % TableFormat.RESTART_INTERVAL);
    if (headOrder(head, key, sequence) >= 0) {
      return false;
    }
    int headTag = tagOf(head);
    return number % TableFormat.RESTART_INTERVAL == 0
        || isBefore(
            entry(number),
            mismatch(memory, behindVarint(memory, headTag), keyBytes(head), key, 0),
            longVarint(memory, headTag) >>> 2,
            key,
            sequence);
  }

  private int searchFrom(byte[] key, long sequence) {
    int low = 0;
    int high = (count - 1) / TableFormat.RESTART_INTERVAL;
    while (low < high) { // the last head before the version, or the first head
      int middle = (low + high + 1) >>> 1;
      if (headOrder(entry(middle * TableFormat.RESTART_INTERVAL), key, sequence) < 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int first = low * TableFormat.RESTART_INTERVAL;
    int head = entry(first);
    int to = Math.min(count, first + TableFormat.RESTART_INTERVAL);
    for (int i = first; i < to; i++) {
      // All at once, and not one after the other as the search comes to them.
      byte unused = (byte) BYTE.getOpaque(memory, (long) entry(i));
    }
    if (headOrder(head, key, sequence) >= 0) {
      return first; // it is the first of all
    }
    int headTag = tagOf(head);
    long base = longVarint(memory, headTag) >>> 2;
    int matched =
        mismatch(memory, behindVarint(memory, headTag), keyBytes(head), key, 0); // by the head
    int from = first + 1;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (isBefore(entry(middle), matched, base, key, sequence)) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** Where the value of an entry is, counted in the memory. */
  int value(int number) {
    MemorySegment bytes = memory;
    int at = behindVarint(bytes, entry(number));
    int rest = (int) longVarint(bytes, at);
    return behindVarint(bytes, behindVarint(bytes, behindVarint(bytes, at))) + rest;
  }

  /** Compares an entry with a whole key with a version. */
  private int headOrder(int entry, byte[] key, long sequence) {
    MemorySegment bytes = memory;
    int rest = keyBytes(entry);
    int tagAt = tagOf(entry);
    int at = behindVarint(bytes, tagAt);
    int common = mismatch(bytes, at, rest, key, 0);
    if (common == rest || common == key.length) {
      return rest != key.length
          ? Integer.compare(rest, key.length)
          : Long.compare(sequence, longVarint(bytes, tagAt) >>> 2);
    }
    return (bytes.get(ValueLayout.JAVA_BYTE, at + common) & 0xff) - (key[common] & 0xff);
  }

  /**
   * Whether an entry is before a version, which the head of its interval is.
   *
   * @param matched how many bytes of the key the head starts with
   * @param base the head's sequence number
   */
  private boolean isBefore(int entry, int matched, long base, byte[] key, long sequence) {
    MemorySegment bytes = memory;
    int at = entry;
    int shared = bytes.get(ValueLayout.JAVA_BYTE, at++);
    if (shared < 0) {
      shared = varint(bytes, at, shared);
      at += varintBytes(shared) - 1;
    }
    if (shared != matched) {
      return shared > matched; // it goes on as the head does, or leaves it upwards before the key
    }
    int rest = bytes.get(ValueLayout.JAVA_BYTE, at++);
    if (rest < 0) {
      rest = varint(bytes, at, rest);
      at += varintBytes(rest) - 1;
    }
    int tagAt = behindVarint(bytes, at);
    int keyAt = behindVarint(bytes, tagAt);
    int common = mismatch(bytes, keyAt, rest, key, matched);
    if (common == rest || matched + common == key.length) {
      if (matched + rest != key.length) {
        return matched + rest < key.length;
      }
      long step = longVarint(bytes, tagAt) >>> 2;
      return base + ((step >>> 1) ^ -(step & 1)) > sequence;
    }
    return (bytes.get(ValueLayout.JAVA_BYTE, keyAt + common) & 0xff)
        < (key[matched + common] & 0xff);
  }

  /** How long the key of an entry with a whole key is. */
  private int keyBytes(int entry) {
    int rest = memory.get(ValueLayout.JAVA_BYTE, entry + 1);
    return rest < 0 ? varint(memory, entry + 2, rest) : rest;
  }

  /** Where the tag of an entry with a whole key is. */
  private int tagOf(int entry) {
    return behindVarint(memory, behindVarint(memory, entry + 1));
  }

  static int behindVarint(MemorySegment bytes, int at) {
    int i = at;
    while (bytes.get(ValueLayout.JAVA_BYTE, i++) < 0) {
      // goes on
    }
    return i;
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
