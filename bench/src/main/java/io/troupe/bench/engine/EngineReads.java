package io.troupe.bench.engine;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** The engine's records, most of them in tables, with a cache that takes all of their blocks. */
record EngineReads(Store store, Index index) implements Lookup, AutoCloseable {
  private static final int BATCH = 1_000;
  private static final long WAIT_SECONDS = 30;
  private static final long MIB = 1L << 20;

  /** Memtables of 16 MiB, so that what is loaded is flushed; 256 MiB of cache. */
  private static final StoreOptions OPTIONS =
      new StoreOptions(16 << 20, 16 * MIB, 64 * MIB, 256 * MIB, 256, 16 * MIB, 64 * MIB);

  static EngineReads load(Path directory, int records) throws Exception {
    Store store = Store.open(directory, OPTIONS);
    EngineReads reads = new EngineReads(store, store.index("bench"));
    for (int i = 0; i < records; ) {
      WriteBatch batch = new WriteBatch();
      for (int end = Math.min(records, i + BATCH); i < end; i++) {
        batch.put(reads.index(), Records.key(i), Records.value(i));
      }
      long unused =
          store
              .commit(batch, Durability.OS)
              .toCompletableFuture()
              .get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
    return reads;
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return store.get(index, key);
  }

  @Override
  public void scan(BiConsumer<byte[], byte[]> each) {
    try (Cursor cursor = store.cursor(index, KeyRange.all())) {
      while (cursor.next()) {
        each.accept(cursor.key(), cursor.value());
      }
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
