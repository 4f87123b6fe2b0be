package io.troupe.actors.stream;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Reused native buffers of two sizes. What it does not keep is left to the collector. Thread-safe.
 */
final class BufferPool {
  private static final int SMALL_BYTES = 64 << 10;
  private static final int MAX_SMALL = 256;
  private static final int MAX_LARGE = 32;

  private final ArrayBlockingQueue<MemorySegment> small = new ArrayBlockingQueue<>(MAX_SMALL);
  private final ArrayBlockingQueue<MemorySegment> large = new ArrayBlockingQueue<>(MAX_LARGE);

  StreamBuffer take(int bytes) {
    boolean fits = bytes <= SMALL_BYTES;
    MemorySegment free = (fits ? small : large).poll();
    if (free == null) {
      free = Arena.ofAuto().allocate(fits ? SMALL_BYTES : Frame.MAX_PAYLOAD, 4096);
    }
    return new StreamBuffer(this, free, bytes);
  }

  void free(MemorySegment whole) {
    boolean kept = (whole.byteSize() == SMALL_BYTES ? small : large).offer(whole);
    assert kept || !small.isEmpty() || !large.isEmpty();
  }
}
