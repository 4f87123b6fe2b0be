package io.troupe.lsm.memtable;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list of versions of keys: one writer, any number of readers, no locks. A node is
 * published by the release-store of the link to it, lowest level first; nothing is ever removed.
 *
 * <p>The writer keeps the path of its last insertion (a finger): keys that come in runs, as those
 * of journals do, are placed without a search from the top.
 */
public final class SkipList {

  private static final int MAX_HEIGHT = 14; // 4^14 entries and more before searches degrade
  private static final VarHandle LINK = MethodHandles.arrayElementVarHandle(Node[].class);

  private static final class Node {
    final byte[] key;
    final long prefix;
    final long sequence;
    // Replaced only while the sequence number is not visible yet, so plain.
    byte kind;
    byte[] value;
    final @Nullable Node[] next;

    Node(byte[] key, long sequence, byte kind, byte[] value, int height) {
      this.key = key;
      this.prefix = Keys.prefix(key);
      this.sequence = sequence;
      this.kind = kind;
      this.value = value;
      this.next = new Node[height];
    }

    @Nullable Node next(int level) {
      return (Node) LINK.getAcquire(next, level);
    }

    /** Whether this version comes before the given one. */
    boolean before(byte[] otherKey, long otherPrefix, long otherSequence) {
      int order = Long.compareUnsigned(prefix, otherPrefix);
      if (order == 0) {
        order = Arrays.compareUnsigned(key, otherKey);
      }
      return order != 0 ? order < 0 : sequence > otherSequence;
    }
  }

  private final Node head =
      new Node(new byte[0], Long.MAX_VALUE, Kind.DELETE, new byte[0], MAX_HEIGHT);
  private final Node[] finger = new Node[MAX_HEIGHT];
  private long random = 0x9e3779b97f4a7c15L;
  private int size;

  public SkipList() {
    Arrays.fill(finger, head);
  }

  /** Adds a version, or replaces the value of an equal one. Writer only. The arrays are kept. */
  public void put(byte[] key, long sequence, byte kind, byte[] value) {
    long prefix = Keys.prefix(key);
    int level = 0;
    while (level < MAX_HEIGHT - 1 && !brackets(finger[level], level, key, prefix, sequence)) {
      level++;
    }
    Node at = finger[level];
    if (at != head && !at.before(key, prefix, sequence)) {
      at = head;
    }
    for (; level >= 0; level--) {
      for (Node next = at.next(level);
          next != null && next.before(key, prefix, sequence);
          next = at.next(level)) {
        at = next;
      }
      finger[level] = at;
    }
    Node successor = finger[0].next(0);
    if (successor != null && successor.sequence == sequence && Arrays.equals(successor.key, key)) {
      successor.kind = kind;
      successor.value = value;
      return;
    }
    Node node = new Node(key, sequence, kind, value, height());
    for (int i = 0; i < node.next.length; i++) {
      node.next[i] = finger[i].next(i);
      LINK.setRelease(finger[i].next, i, node);
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
    Node found = firstNotBefore(key, sequence);
    if (found == null || !Arrays.equals(found.key, key)) {
      return false;
    }
    byte[] value = found.value;
    answer.set(found.kind, found.sequence, MemorySegment.ofArray(value), 0, value.length, null);
    return true;
  }

  /** All versions from a key on, in order. */
  public EntryCursor ascending(byte[] from) {
    return new NodeCursor() {
      @Override
      @Nullable Node step(@Nullable Node current) {
        return current == null ? firstNotBefore(from, Long.MAX_VALUE) : current.next(0);
      }
    };
  }

  /** All versions before a key, in reverse order. */
  public EntryCursor descending(byte[] to) {
    return new NodeCursor() {
      @Override
      @Nullable Node step(@Nullable Node current) {
        return current == null
            ? lastBefore(to, Long.MAX_VALUE)
            : lastBefore(current.key, current.sequence);
      }
    };
  }

  /** All versions in reverse order. */
  public EntryCursor descending() {
    return new NodeCursor() {
      @Override
      @Nullable Node step(@Nullable Node current) {
        return current == null ? last() : lastBefore(current.key, current.sequence);
      }
    };
  }

  /**
   * Whether the place of a version at that level is right behind the node, as far as the writer can
   * tell without searching.
   */
  private boolean brackets(Node node, int level, byte[] key, long prefix, long sequence) {
    if (node != head && !node.before(key, prefix, sequence)) {
      return false;
    }
    Node next = node.next(level);
    return next == null || !next.before(key, prefix, sequence);
  }

  private @Nullable Node firstNotBefore(byte[] key, long sequence) {
    return predecessor(key, sequence).next(0);
  }

  private @Nullable Node lastBefore(byte[] key, long sequence) {
    Node node = predecessor(key, sequence);
    return node == head ? null : node;
  }

  private Node predecessor(byte[] key, long sequence) {
    long prefix = Keys.prefix(key);
    Node at = head;
    for (int level = MAX_HEIGHT - 1; level >= 0; level--) {
      for (Node next = at.next(level);
          next != null && next.before(key, prefix, sequence);
          next = at.next(level)) {
        at = next;
      }
    }
    return at;
  }

  private @Nullable Node last() {
    Node at = head;
    for (int level = MAX_HEIGHT - 1; level >= 0; level--) {
      for (Node next = at.next(level); next != null; next = at.next(level)) {
        at = next;
      }
    }
    return at == head ? null : at;
  }

  /** 1 with 3/4, 2 with 3/16, and so on. */
  private int height() {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return Math.min(MAX_HEIGHT, 1 + Long.numberOfTrailingZeros(random | (1L << 62)) / 2);
  }

  private abstract static class NodeCursor implements EntryCursor {
    private @Nullable Node current;
    private boolean ended;

    abstract @Nullable Node step(@Nullable Node current);

    @Override
    public boolean next() {
      if (!ended) {
        current = step(current);
        ended = current == null;
      }
      return !ended;
    }

    @Override
    public byte[] keyBuffer() {
      return node().key;
    }

    @Override
    public int keyLength() {
      return node().key.length;
    }

    @Override
    public long sequence() {
      return node().sequence;
    }

    @Override
    public byte kind() {
      return node().kind;
    }

    @Override
    public MemorySegment valueMemory() {
      return MemorySegment.ofArray(node().value);
    }

    @Override
    public long valueOffset() {
      return 0;
    }

    @Override
    public int valueLength() {
      return node().value.length;
    }

    private Node node() {
      Node node = current;
      if (node == null) {
        throw new IllegalStateException("the cursor is not on an entry");
      }
      return node;
    }
  }
}
