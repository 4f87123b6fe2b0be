package io.troupe.bench.engines;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.StoreStats;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Ours. */
record TroupeEngine(Store store, Index index, Durability durability) implements Engine {
  private static final int MIB = 1 << 20;
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  static Engine open(Setup setup) throws IOException {
    StoreOptions options =
        new StoreOptions(
            64 * MIB,
            setup.memtableBytes(),
            64L * MIB,
            Setup.CACHE_BYTES,
            1024,
            16L * MIB,
            64L * MIB);
    Store store = Store.open(setup.directory(), options);
    return new TroupeEngine(
        store, store.index("bench"), setup.sync() ? Durability.SYNC : Durability.OS);
  }

  @Override
  public void write(Batch batch) {
    store.commitAndWait(writes(batch), durability);
  }

  @Override
  public CompletionStage<Long> submit(Batch batch) {
    return store.commit(writes(batch), durability);
  }

  private WriteBatch writes(Batch batch) {
    WriteBatch writes = new WriteBatch();
    for (Batch.Operation o : batch.operations()) {
      if (o.value() == null) {
        writes.delete(index, o.key());
      } else {
        writes.put(index, o.key(), o.value());
      }
    }
    return writes;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return store.get(index, key).orElse(null);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    try (Cursor cursor = store.cursor(index, KeyRange.between(from, to))) {
      while (cursor.next()) {
        visitor.accept(cursor.key(), cursor.value());
      }
    }
  }

  /** Waits until nothing was written for a while; a store does not tell in other ways. */
  @Override
  public void settle() {
    long before = -1;
    long since = System.nanoTime();
    while (true) {
      StoreStats now = store.stats();
      long written = now.flushedBytes() + now.compactionReadBytes() + now.compactionWrittenBytes();
      if (written != before || now.frozenMemtables() > 0) {
        before = written;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > QUIET_NANOS) {
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
