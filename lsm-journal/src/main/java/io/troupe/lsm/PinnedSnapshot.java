package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A snapshot: a sequence number that merges respect until it is closed. */
final class PinnedSnapshot implements Snapshot {

  private final Readers readers;
  private final long sequence;
  private final AtomicBoolean closed = new AtomicBoolean();

  PinnedSnapshot(Readers readers, long sequence) {
    this.readers = readers;
    this.sequence = sequence;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public Optional<byte[]> get(Index index, byte[] key) {
    return readers.get(index, key, pinned());
  }

  @Override
  public <T> @Nullable T read(Index index, byte[] key, ValueReader<T> look) {
    return readers.read(index, key, pinned(), look);
  }

  @Override
  public Optional<Versioned> getVersioned(Index index, byte[] key) {
    return readers.getVersioned(index, key, pinned());
  }

  @Override
  public Cursor cursor(Index index, KeyRange range) {
    return readers.cursor(index, range, pinned(), false);
  }

  @Override
  public Cursor cursorReverse(Index index, KeyRange range) {
    return readers.cursor(index, range, pinned(), true);
  }

  @Override
  public Materialisation materialise(Path directory, Selection selection) throws IOException {
    Materialiser copy = materialiser(FileDisk.in(directory), selection);
    Thread thread = new Thread(copy::run, "lsm-materialise");
    thread.setDaemon(true);
    thread.start();
    return copy;
  }

  /** For whoever brings the thread. */
  Materialiser materialiser(Disk target, Selection selection) {
    return readers.materialiser(pinned(), target, selection);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      readers.unpin(sequence);
    }
  }

  private long pinned() {
    if (closed.get()) {
      throw new IllegalStateException("the snapshot is closed");
    }
    return sequence;
  }
}
