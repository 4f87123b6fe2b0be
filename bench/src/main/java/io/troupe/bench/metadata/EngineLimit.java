package io.troupe.bench.metadata;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The limit: one thread that commits, with sync, what a Volume would commit for so many operations
 * at once, and that gets one record for a stat.
 */
final class EngineLimit implements AutoCloseable {
  /** Inode, directory entry, the parent's inode, and a share of the event. */
  private static final int RECORDS = 4;

  private static final int KEY_BYTES = 32;
  private static final int VALUE_BYTES = 100;
  private static final int MAX_COMMITS = 20_000;
  private static final int MAX_GETS = 500_000;
  private static final long WAIT_SECONDS = 30;

  private final Store store;
  private final Index index;
  private long next;

  private EngineLimit(Store store) {
    this.store = store;
    this.index = store.index("bench");
  }

  static EngineLimit open(Path directory) throws IOException {
    return new EngineLimit(Store.open(directory, StoreOptions.defaults()));
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(KEY_BYTES).putLong(24, number).array();
  }

  List<Figure> commits(int operations, Duration limit) throws Exception {
    Stopwatch watch = new Stopwatch(MAX_COMMITS, limit);
    while (watch.goesOn()) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < operations * RECORDS; i++) {
        batch.put(index, key(next), ByteBuffer.allocate(VALUE_BYTES).putLong(0, next).array());
        next++;
      }
      watch.start();
      long unused =
          store
              .commit(batch, Durability.SYNC)
              .toCompletableFuture()
              .get(WAIT_SECONDS, TimeUnit.SECONDS);
      watch.stop();
    }
    return List.of(new Figure("", Unit.OPERATIONS, watch.perSecond() * operations));
  }

  /** Of what was committed last, as one looks at files that one has just made. */
  List<Figure> gets(Duration limit) {
    Stopwatch watch = new Stopwatch(MAX_GETS, limit);
    while (watch.goesOn()) {
      long number = next - 1 - watch.count() % Math.min(next, 4_000);
      watch.start();
      byte[] value = store.get(index, key(number)).orElseGet(() -> new byte[Long.BYTES]);
      watch.stop();
      WrongResult.unless(
          ByteBuffer.wrap(value).getLong() == number, "record " + number + " is another");
    }
    return List.of(new Figure("", Unit.OPERATIONS, watch.perSecond()));
  }

  @Override
  public void close() {
    store.close();
  }
}
