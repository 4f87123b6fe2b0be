package io.troupe.actors.stream;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Reused native buffers of a few sizes, so that a buffer is at most four times what it holds (or 4
 * KiB). What the pool does not keep is left to the collector. Thread-safe.
 */
final class BufferPool {
  private static final int[] SIZES = {4 << 10, 16 << 10, 64 << 10, 256 << 10, Frame.MAX_PAYLOAD};

  /** Of each size, but no more than {@link #MAX_KEPT} buffers. */
  private static final int MAX_KEPT_BYTES = 32 << 20;

  private static final int MAX_KEPT = 256;
  private static final int ALIGNMENT = 4096;

  private final List<ArrayBlockingQueue<MemorySegment>> unused = new ArrayList<>();

  BufferPool() {
    for (int size : SIZES) {
      unused.add(new ArrayBlockingQueue<>(Math.min(MAX_KEPT, MAX_KEPT_BYTES / size)));
    }
  }

  /** Of 1 byte to {@link Frame#MAX_PAYLOAD}. */
  StreamBuffer take(int bytes) {
    int c = sizeFor(bytes);
    MemorySegment free = unused.get(c).poll();
    if (free == null) {
      free = Arena.ofAuto().allocate(SIZES[c], ALIGNMENT);
    }
    return new StreamBuffer(this, free, bytes);
  }

  void free(MemorySegment whole) {
    var unusedResult = unused.get(sizeFor((int) whole.byteSize())).offer(whole);
  }

  private static int sizeFor(int bytes) {
    for (int i = 0; i < SIZES.length; i++) {
      if (bytes <= SIZES[i]) {
        return i;
      }
    }
    throw new IllegalArgumentException("no buffer of " + bytes + " bytes");
  }
}
