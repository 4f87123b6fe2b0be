package io.troupe.lsm.entry;

import java.io.IOException;
import java.util.List;

/**
 * Merges cursors of one direction into one of that direction: a binary heap on their current
 * entries.
 */
public final class MergeCursor implements EntryCursor {

  private final EntryCursor[] heap;
  private final int sign;
  private int size;
  private boolean started;

  public MergeCursor(List<? extends EntryCursor> sources, boolean descending) {
    this.heap = sources.toArray(EntryCursor[]::new);
    this.sign = descending ? -1 : 1;
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
    for (EntryCursor source : heap) {
      if (source.next()) {
        heap[size++] = source;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
    return size > 0;
  }

  @Override
  public byte[] key() {
    return heap[0].key();
  }

  @Override
  public long sequence() {
    return heap[0].sequence();
  }

  @Override
  public boolean isDelete() {
    return heap[0].isDelete();
  }

  @Override
  public byte[] value() {
    return heap[0].value();
  }

  private void sink(int start) {
    int i = start;
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (!before(child, i)) {
        return;
      }
      EntryCursor moved = heap[i];
      heap[i] = heap[child];
      heap[child] = moved;
      i = child;
    }
  }

  private boolean before(int a, int b) {
    return sign * Keys.compare(heap[a].key(), heap[a].sequence(), heap[b].key(), heap[b].sequence())
        < 0;
  }
}
