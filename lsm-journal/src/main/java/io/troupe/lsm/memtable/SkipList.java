package io.troupe.lsm.memtable;

import static io.troupe.lsm.memtable.Slabs.ALL;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.wal.Operations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An ordered list of versions of keys in native memory: one writer, any number of readers, no
 * locks. Nothing is ever removed.
 *
 * <pre>
 * node:  0        8          16     20             24           26     27       28
 *        | prefix | sequence | data | value length | key length | kind | height | links u32 × height
 * data:  | key | value |
 * </pre>
 *
 * <p>The prefix is the key's first eight bytes ({@link Keys#prefix}); data and links are addresses
 * of {@link Slabs}. Nodes lie together and apart from keys and values: a search touches nodes only,
 * unless prefixes are equal, and two of three nodes share a cache line with another. A node is
 * published by the release-store of the link to it, lowest level first, and read through an
 * acquire-load of that link: a reader that sees the link sees node and data.
 *
 * <p>The writer keeps the path of its last insertion (a finger): keys that come in runs, as those
 * of journals do, are placed without a search from the top.
 *
 * <p>Neither insertion nor lookup allocates on the heap.
 */
public final class SkipList {

  private static final int MAX_HEIGHT = 14; // 4^14 entries and more before searches degrade

  private static final int PREFIX = 0;
  private static final int SEQUENCE = 8;
  private static final int DATA = 16;
  private static final int VALUE_LENGTH = 20;
  private static final int KEY_LENGTH = 24;
  private static final int KIND = 26;
  private static final int HEIGHT = 27;
  private static final int LINKS = 28;

  private static final ValueLayout.OfLong BIG_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Slabs slabs;
  private final Slabs.Filler nodes;
  private final Slabs.Filler data;
  private final int head;
  private final int[] finger = new int[MAX_HEIGHT];
  private long random = 0x9e3779b97f4a7c15L;
  private int size;

  SkipList(Slabs slabs, Slabs.Filler nodes, Slabs.Filler data) {
    this.slabs = slabs;
    this.nodes = nodes;
    this.data = data;
    this.head = nodes.allocate(LINKS + MAX_HEIGHT * Integer.BYTES);
    slabs
        .memory(head)
        .asSlice(slabs.offset(head), LINKS + MAX_HEIGHT * Integer.BYTES)
        .fill((byte) 0);
    Arrays.fill(finger, head);
  }

  /** Adds a version, or replaces what an equal one says. Writer only. */
  void put(Operations operation, long sequence) {
    byte[] key = operation.array();
    int keyAt = operation.keyAt();
    int keyLength = operation.keyLength();
    int valueLength = operation.valueLength();
    byte kind = operation.kind();
    long prefix = prefix(key, keyAt, keyLength);
    int level = 0;
    while (level < MAX_HEIGHT - 1
        && !brackets(finger[level], level, key, keyAt, keyLength, prefix, sequence)) {
      level++;
    }
    int at = finger[level];
    if (at != head && !before(at, key, keyAt, keyLength, prefix, sequence)) {
      at = head;
    }
    int next = 0;
    int notBefore = 0; // known from the level above
    for (; level >= 0; level--) {
      for (next = next(at, level);
          next != 0 && next != notBefore && before(next, key, keyAt, keyLength, prefix, sequence);
          next = next(at, level)) {
        at = next;
      }
      notBefore = next;
      finger[level] = at;
    }
    int stored = store(key, keyAt, keyLength + valueLength);
    if (next != 0
        && longAt(next, SEQUENCE) == sequence
        && isKey(next, prefix, key, keyAt, keyLength)) {
      // Not visible before the sequence number is, except for the key, which readers compare.
      long offset = slabs.place(next);
      ALL.set(ValueLayout.JAVA_INT, offset + VALUE_LENGTH, valueLength);
      ALL.set(ValueLayout.JAVA_BYTE, offset + KIND, kind);
      INT.setRelease(ALL, offset + DATA, stored);
      return;
    }
    int height = height();
    int node = nodes.allocate(LINKS + height * Integer.BYTES);
    long offset = slabs.place(node);
    ALL.set(ValueLayout.JAVA_LONG, offset + PREFIX, prefix);
    ALL.set(ValueLayout.JAVA_LONG, offset + SEQUENCE, sequence);
    ALL.set(ValueLayout.JAVA_INT, offset + DATA, stored);
    ALL.set(ValueLayout.JAVA_INT, offset + VALUE_LENGTH, valueLength);
    ALL.set(ValueLayout.JAVA_SHORT, offset + KEY_LENGTH, (short) keyLength);
    ALL.set(ValueLayout.JAVA_BYTE, offset + KIND, kind);
    ALL.set(ValueLayout.JAVA_BYTE, offset + HEIGHT, (byte) height);
    for (int i = 0; i < height; i++) {
      ALL.set(ValueLayout.JAVA_INT, offset + LINKS + 4L * i, next(finger[i], i));
    }
    for (int i = 0; i < height; i++) {
      int previous = finger[i];
      INT.setRelease(ALL, slabs.place(previous) + LINKS + 4L * i, node);
      finger[i] = node;
    }
    size++;
  }

  /** How many versions it holds. Writer only, or after the last write. */
  public int size() {
    return size;
  }

  /**
   * The newest version of a key that is not newer than a sequence number.
   *
   * @param answer says which, when there is one
   * @return whether there is one
   */
  public boolean find(byte[] key, long sequence, Found answer) {
    long prefix = prefix(key, 0, key.length);
    int node = next(predecessor(key, key.length, prefix, sequence), 0);
    if (node == 0 || !isKey(node, prefix, key, 0, key.length)) {
      return false;
    }
    int stored = data(node);
    answer.set(
        kind(node),
        longAt(node, SEQUENCE),
        slabs.memory(stored),
        slabs.offset(stored) + key.length,
        valueLength(node));
    return true;
  }

  /** All versions from a key on, in order. */
  public EntryCursor ascending(byte[] from) {
    return new NodeCursor(this) {
      @Override
      int step(int current) {
        return current == 0 ? firstFrom(from) : successor(current);
      }
    };
  }

  /** All versions before a key, in reverse order. */
  public EntryCursor descending(byte[] to) {
    return new NodeCursor(this) {
      @Override
      int step(int current) {
        return current == 0
            ? lastBefore(to, to.length, Keys.prefix(to), Long.MAX_VALUE)
            : lastBefore(
                keyBuffer(), keyLength(), longAt(current, PREFIX), longAt(current, SEQUENCE));
      }
    };
  }

  /** All versions in reverse order. */
  public EntryCursor descending() {
    return new NodeCursor(this) {
      @Override
      int step(int current) {
        return current == 0
            ? last()
            : lastBefore(
                keyBuffer(), keyLength(), longAt(current, PREFIX), longAt(current, SEQUENCE));
      }
    };
  }

  // ---- the fields of a node

  private int next(int node, int level) {
    return (int) INT.getAcquire(ALL, slabs.place(node) + LINKS + 4L * level);
  }

  private long longAt(int node, int field) {
    return ALL.get(ValueLayout.JAVA_LONG, slabs.place(node) + field);
  }

  /** Address of key and value. */
  private int data(int node) {
    return (int) INT.getAcquire(ALL, slabs.place(node) + DATA);
  }

  private int keyLength(int node) {
    return ALL.get(ValueLayout.JAVA_SHORT, slabs.place(node) + KEY_LENGTH) & 0xffff;
  }

  private int valueLength(int node) {
    return ALL.get(ValueLayout.JAVA_INT, slabs.place(node) + VALUE_LENGTH);
  }

  private byte kind(int node) {
    return ALL.get(ValueLayout.JAVA_BYTE, slabs.place(node) + KIND);
  }

  // ---- order

  /** Whether the version of a node comes before the given one. */
  private boolean before(
      int node, byte[] key, int keyAt, int keyLength, long prefix, long sequence) {
    long nodePrefix = longAt(node, PREFIX);
    if (nodePrefix != prefix) {
      return Long.compareUnsigned(nodePrefix, prefix) < 0;
    }
    int order = compareRest(node, key, keyAt, keyLength);
    return order != 0 ? order < 0 : longAt(node, SEQUENCE) > sequence;
  }

  private boolean isKey(int node, long prefix, byte[] key, int keyAt, int keyLength) {
    return longAt(node, PREFIX) == prefix && compareRest(node, key, keyAt, keyLength) == 0;
  }

  /** Compares the key of a node with one of the same prefix. */
  private int compareRest(int node, byte[] key, int keyAt, int keyLength) {
    int nodeLength = keyLength(node);
    int common = Math.min(nodeLength, keyLength);
    if (common > Long.BYTES) {
      int stored = data(node);
      long at = slabs.place(stored);
      int i = Long.BYTES;
      for (; i + Long.BYTES <= common; i += Long.BYTES) {
        long a = ALL.get(BIG_LONG, at + i);
        long b = (long) ARRAY_LONG.get(key, keyAt + i);
        if (a != b) {
          return Long.compareUnsigned(a, b);
        }
      }
      for (; i < common; i++) {
        int order = (ALL.get(ValueLayout.JAVA_BYTE, at + i) & 0xff) - (key[keyAt + i] & 0xff);
        if (order != 0) {
          return order;
        }
      }
    }
    return nodeLength - keyLength;
  }

  private static long prefix(byte[] key, int at, int length) {
    if (length >= Long.BYTES) {
      return (long) ARRAY_LONG.get(key, at);
    }
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix |= (key[at + i] & 0xffL) << (56 - 8 * i);
    }
    return prefix;
  }

  // ---- search

  /**
   * Whether the place of a version at that level is right behind the node, as far as the writer can
   * tell without searching.
   */
  private boolean brackets(
      int node, int level, byte[] key, int keyAt, int keyLength, long prefix, long sequence) {
    if (node != head && !before(node, key, keyAt, keyLength, prefix, sequence)) {
      return false;
    }
    int next = next(node, level);
    return next == 0 || !before(next, key, keyAt, keyLength, prefix, sequence);
  }

  private int firstFrom(byte[] key) {
    return successor(predecessor(key, key.length, Keys.prefix(key), Long.MAX_VALUE));
  }

  private int successor(int node) {
    return next(node, 0);
  }

  private int lastBefore(byte[] key, int keyLength, long prefix, long sequence) {
    int node = predecessor(key, keyLength, prefix, sequence);
    return node == head ? 0 : node;
  }

  private int predecessor(byte[] key, int keyLength, long prefix, long sequence) {
    int at = head;
    int notBefore = 0; // known from the level above
    for (int level = MAX_HEIGHT - 1; level >= 0; level--) {
      int next = next(at, level);
      while (next != 0 && next != notBefore && before(next, key, 0, keyLength, prefix, sequence)) {
        at = next;
        next = next(at, level);
      }
      notBefore = next;
    }
    return at;
  }

  private int last() {
    int at = head;
    for (int level = MAX_HEIGHT - 1; level >= 0; level--) {
      for (int next = next(at, level); next != 0; next = next(at, level)) {
        at = next;
      }
    }
    return at == head ? 0 : at;
  }

  // ---- insertion

  /** Copies key and value, which lie side by side in the operation as they do here. */
  private int store(byte[] operation, int keyAt, int bytes) {
    int stored = data.allocate(bytes);
    MemorySegment.copy(operation, keyAt, ALL, ValueLayout.JAVA_BYTE, slabs.place(stored), bytes);
    return stored;
  }

  /** 1 with 3/4, 2 with 3/16, and so on. */
  private int height() {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return Math.min(MAX_HEIGHT, 1 + Long.numberOfTrailingZeros(random | (1L << 62)) / 2);
  }

  /** Copies each key into a buffer of its own; values stay where they are. */
  private abstract static class NodeCursor implements EntryCursor {
    private final SkipList list;
    private int current;
    private boolean ended;
    private byte[] key = new byte[64];
    private int keyLength;
    private int stored;

    NodeCursor(SkipList list) {
      this.list = list;
    }

    /** The node behind the current one, or the first one; 0 at the end. */
    abstract int step(int from);

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      current = step(current);
      if (current == 0) {
        ended = true;
        return false;
      }
      keyLength = list.keyLength(current);
      if (keyLength > key.length) {
        key = new byte[Math.max(keyLength, 2 * key.length)];
      }
      stored = list.data(current);
      MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, list.slabs.place(stored), key, 0, keyLength);
      return true;
    }

    @Override
    public byte[] keyBuffer() {
      return key;
    }

    @Override
    public int keyLength() {
      return keyLength;
    }

    @Override
    public long sequence() {
      return list.longAt(node(), SEQUENCE);
    }

    @Override
    public byte kind() {
      return list.kind(node());
    }

    @Override
    public MemorySegment valueMemory() {
      node();
      return list.slabs.memory(stored);
    }

    @Override
    public long valueOffset() {
      node();
      return list.slabs.offset(stored) + keyLength;
    }

    @Override
    public int valueLength() {
      return list.valueLength(node());
    }

    private int node() {
      if (current == 0) {
        throw new IllegalStateException("the cursor is not on an entry");
      }
      return current;
    }
  }
}
