package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.table.BlockCache;
import io.troupe.lsm.table.TableCache;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store opened by {@link Store#openReadOnly}: as it was found, log included. Nothing is written,
 * not even by way of repair. Thread-safe.
 */
public final class ReadOnlyStore implements Reader, AutoCloseable {

  private static final Background NOTHING =
      new Background() {
        @Override
        public void flush() {}

        @Override
        public void compact() {}

        @Override
        public void prepare() {}
      };

  private final Closeable lock;
  private final EngineCore core;
  private final BlockCache blocks;
  private final Readers readers;
  private final List<Index> indices;

  private ReadOnlyStore(Closeable lock, EngineCore core, BlockCache blocks, Indices indices) {
    this.lock = lock;
    this.blocks = blocks;
    this.core = core;
    this.readers = new Readers(core, indices);
    this.indices = indices.all();
  }

  static ReadOnlyStore open(Disk disk, StoreOptions options) throws IOException {
    Closeable lock = disk.lock();
    boolean done = false;
    try {
      var recovery = new Recovery(disk, options);
      Recovery.Loaded loaded = recovery.load();
      if (loaded.version().isEmpty()) {
        throw new IOException("there is no store in the directory");
      }
      var views =
          new Views(
              new Memtable(Long.MAX_VALUE, recovery.slabs()),
              loaded.memtables(),
              loaded.version().get(),
              () -> {});
      var blocks = new BlockCache(options.blockCacheBytes());
      var tables = new TableCache(disk, blocks, options.maxOpenTables());
      var core =
          new EngineCore(
              disk,
              options,
              NOTHING,
              System::nanoTime,
              new Space(disk, options.reserveBytes(), System::nanoTime),
              views,
              tables,
              loaded.lastSequence());
      done = true;
      return new ReadOnlyStore(lock, core, blocks, recovery.indices());
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  /** All indices, by id. */
  public List<Index> indices() {
    return indices;
  }

  /** The index of that name, if there is one. */
  public Optional<Index> index(String name) {
    return indices.stream().filter(index -> index.name().equals(name)).findFirst();
  }

  /** Number of the newest commit. */
  public long lastSequence() {
    return core.visible();
  }

  @Override
  public Optional<byte[]> get(Index index, byte[] key) {
    return readers.get(index, key, -1);
  }

  @Override
  public <T> @Nullable T read(Index index, byte[] key, ValueReader<T> look) {
    return readers.read(index, key, -1, look);
  }

  @Override
  public Optional<Versioned> getVersioned(Index index, byte[] key) {
    return readers.getVersioned(index, key, -1);
  }

  @Override
  public Cursor cursor(Index index, KeyRange range) {
    return readers.cursor(index, range, -1, false);
  }

  @Override
  public Cursor cursorReverse(Index index, KeyRange range) {
    return readers.cursor(index, range, -1, true);
  }

  /** Lets others write. */
  @Override
  public void close() throws IOException {
    core.close();
    try (lock) {
      core.tables().close();
      core.views().close(blocks::close);
    }
  }
}
