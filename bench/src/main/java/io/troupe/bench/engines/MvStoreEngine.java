package io.troupe.bench.engines;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/**
 * H2's MVStore: a B tree that is copied on write, of chunks in one file. A commit writes what
 * changed in all threads, so that one waits for another's instead of its own.
 */
final class MvStoreEngine implements Engine {
  private final MVStore store;
  private final MVMap<byte[], byte[]> map;
  private final boolean sync;
  private final AtomicLong written = new AtomicLong();
  private final Object committing = new Object();
  private long committed;

  private MvStoreEngine(MVStore store, boolean sync) {
    this.store = store;
    this.sync = sync;
    this.map =
        store.openMap(
            "bench",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  static Engine open(Setup setup) {
    MVStore store =
        new MVStore.Builder()
            .fileName(setup.directory().resolve("data.mv").toString())
            .cacheSize((int) (Setup.CACHE_BYTES >> 20))
            .autoCommitBufferSize((int) (setup.memtableBytes() >> 10))
            .open();
    // Space of chunks that nobody needs is used again at once: there is no older reader.
    store.setRetentionTime(0);
    store.setVersionsToKeep(0);
    return new MvStoreEngine(store, setup.sync());
  }

  private long apply(Batch batch) {
    for (Batch.Operation o : batch.operations()) {
      if (o.value() == null) {
        map.remove(o.key());
      } else {
        map.put(o.key(), o.value());
      }
    }
    return written.incrementAndGet();
  }

  @Override
  public void write(Batch batch) {
    long mine = apply(batch);
    synchronized (committing) {
      if (committed < mine) {
        commit();
      }
    }
  }

  private void commit() {
    long upTo = written.get();
    store.commit();
    if (sync) {
      store.sync();
    }
    committed = upTo;
  }

  /** Left to the store, which writes when it has collected enough. */
  @Override
  public CompletionStage<?> submit(Batch batch) {
    long unused = apply(batch);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return map.get(key);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    Cursor<byte[], byte[]> cursor = map.cursor(from, to, false);
    while (cursor.hasNext()) {
      byte[] key = cursor.next();
      visitor.accept(key, cursor.getValue());
    }
  }

  @Override
  public void settle() {
    synchronized (committing) {
      commit();
      store.sync();
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
