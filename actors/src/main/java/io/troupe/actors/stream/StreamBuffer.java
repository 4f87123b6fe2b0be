package io.troupe.actors.stream;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** Native memory that holds the payload of a request; closing gives it back. */
public final class StreamBuffer implements AutoCloseable {
  private final BufferPool pool;
  private final MemorySegment whole;
  private final MemorySegment used;
  private final AtomicBoolean closed = new AtomicBoolean();

  StreamBuffer(BufferPool pool, MemorySegment whole, int bytes) {
    this.pool = pool;
    this.whole = whole;
    this.used = whole.asSlice(0, bytes);
  }

  /** Of requests without a payload. */
  static StreamBuffer empty(BufferPool pool) {
    StreamBuffer b = new StreamBuffer(pool, MemorySegment.NULL, 0);
    b.closed.set(true);
    return b;
  }

  public MemorySegment segment() {
    return used;
  }

  @Override
  public void close() {
    // Given back twice, it would serve two requests at once.
    if (closed.compareAndSet(false, true)) {
      pool.free(whole);
    }
  }
}
