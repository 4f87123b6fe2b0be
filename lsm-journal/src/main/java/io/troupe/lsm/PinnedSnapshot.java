package io.troupe.lsm;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A snapshot: a sequence number that merges respect until it is closed. */
final class PinnedSnapshot implements Snapshot {

  private final Engine engine;
  private final long sequence;
  private final AtomicBoolean closed = new AtomicBoolean();

  PinnedSnapshot(Engine engine, long sequence) {
    this.engine = engine;
    this.sequence = sequence;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public Optional<byte[]> get(Index index, byte[] key) {
    return engine.get(index, key, pinned());
  }

  @Override
  public Cursor cursor(Index index, KeyRange range) {
    return engine.cursor(index, range, pinned(), false);
  }

  @Override
  public Cursor cursorReverse(Index index, KeyRange range) {
    return engine.cursor(index, range, pinned(), true);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      engine.unpin(sequence);
    }
  }

  private long pinned() {
    if (closed.get()) {
      throw new IllegalStateException("the snapshot is closed");
    }
    return sequence;
  }
}
