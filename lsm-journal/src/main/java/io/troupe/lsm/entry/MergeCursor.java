package io.troupe.lsm.entry;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Merges cursors of one direction into one of that direction: a binary heap on their current
 * entries. Keys are compared by their first sixteen bytes before anything else, which a head keeps
 * beside its cursor. A move allocates nothing.
 */
public final class MergeCursor implements EntryCursor {

  /** A source and what orders its current entry. */
  private static final class Head {
    final EntryCursor cursor;
    EntryCursor entry; // the cursor that has the current one
    byte[] key = new byte[0];
    int length;
    long prefix;
    long second;
    long sequence;

    Head(EntryCursor cursor) {
      this.cursor = cursor;
      this.entry = cursor;
    }

    boolean next() throws IOException {
      if (!cursor.next()) {
        return false;
      }
      EntryCursor found = cursor.current();
      entry = found;
      key = found.keyBuffer();
      length = found.keyLength();
      prefix = Keys.prefix(key, length);
      second = Keys.second(key, length);
      sequence = found.sequence();
      return true;
    }

    int compare(Head other) {
      if (prefix != other.prefix) {
        return Long.compareUnsigned(prefix, other.prefix);
      }
      return second != other.second
          ? Long.compareUnsigned(second, other.second)
          : Keys.compare(key, length, sequence, other.key, other.length, other.sequence);
    }
  }

  private final Head[] heads;
  private final Head[] heap;
  private final boolean descending;
  private int size;
  private boolean started;

  /** Takes over the sources: closing it closes them. */
  public MergeCursor(List<? extends EntryCursor> sources, boolean descending) {
    this.heads = new Head[sources.size()];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = new Head(sources.get(i));
    }
    this.heap = heads.clone();
    this.descending = descending;
  }

  @Override
  public boolean next() throws IOException {
    if (started) {
      if (size == 0) {
        return false;
      }
      if (!heap[0].next()) {
        heap[0] = heap[--size];
      }
      sink(0);
      return size > 0;
    }
    started = true;
    for (Head head : heads) {
      if (head.next()) {
        heap[size++] = head;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
    return size > 0;
  }

  @Override
  public EntryCursor current() {
    return heap[0].entry;
  }

  @Override
  public byte[] keyBuffer() {
    return heap[0].key;
  }

  @Override
  public int keyLength() {
    return heap[0].length;
  }

  @Override
  public long sequence() {
    return heap[0].sequence;
  }

  @Override
  public byte kind() {
    return heap[0].entry.kind();
  }

  @Override
  public MemorySegment valueMemory() {
    return heap[0].entry.valueMemory();
  }

  @Override
  public long valueOffset() {
    return heap[0].entry.valueOffset();
  }

  @Override
  public int valueLength() {
    return heap[0].entry.valueLength();
  }

  @Override
  public void close() {
    for (Head head : heads) {
      head.cursor.close();
    }
  }

  private void sink(int start) {
    int i = start;
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], heap[i])) {
        return;
      }
      Head moved = heap[i];
      heap[i] = heap[child];
      heap[child] = moved;
      i = child;
    }
  }

  private boolean before(Head a, Head b) {
    int order = a.compare(b);
    return descending ? order > 0 : order < 0;
  }
}
