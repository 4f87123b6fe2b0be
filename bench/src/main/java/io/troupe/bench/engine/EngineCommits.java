package io.troupe.bench.engine;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The engine's commits; every key is written once, so that the store's size tells what is there.
 */
final class EngineCommits implements AutoCloseable {
  private static final String INDEX = "bench";
  private static final int MAX_COMMITS = 20_000;
  private static final int MAX_WINDOWED = 400_000;
  private static final long WAIT_SECONDS = 30;

  private final Path directory;
  private final AtomicLong next = new AtomicLong();
  private Store store;
  private Index index;

  private EngineCommits(Path directory, Store store) {
    this.directory = directory;
    this.store = store;
    this.index = store.index(INDEX);
  }

  static EngineCommits open(Path directory) throws IOException {
    return new EngineCommits(directory, Store.open(directory, StoreOptions.defaults()));
  }

  private WriteBatch batch(int records) {
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < records; i++) {
      long number = next.getAndIncrement();
      batch.put(index, Records.key(number), Records.value(number));
    }
    return batch;
  }

  private Future<Long> commit(WriteBatch batch) {
    return store.commit(batch, Durability.SYNC).toCompletableFuture();
  }

  private static void await(Future<Long> commit) throws Exception {
    commit.get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  List<Figure> oneAtATime(int records, Duration limit) throws Exception {
    long first = next.get();
    Stopwatch watch = new Stopwatch(MAX_COMMITS, limit);
    while (watch.goesOn()) {
      WriteBatch batch = batch(records);
      watch.start();
      store.commitAndWait(batch, Durability.SYNC);
      watch.stop();
    }
    verifyFrom(first);
    return List.of(
        new Figure("", Unit.COMMITS, watch.perSecond()),
        new Figure("p50", Unit.MICROSECONDS, watch.microsAt(0.5)));
  }

  List<Figure> threads(int threads, int records, Duration limit) throws Exception {
    long first = next.get();
    List<Figure> figures =
        Threads.run(
            threads,
            threads * MAX_COMMITS,
            limit,
            () -> store.commitAndWait(batch(records), Durability.SYNC));
    verifyFrom(first);
    return figures;
  }

  /** One thread that waits for the oldest of so many commits only. */
  List<Figure> window(int commits, Duration limit) throws Exception {
    long first = next.get();
    Deque<Future<Long>> flying = new ArrayDeque<>(commits);
    long begun = System.nanoTime();
    long end = begun + limit.toNanos();
    while (next.get() - first < MAX_WINDOWED && System.nanoTime() < end) {
      if (flying.size() == commits) {
        await(flying.remove());
      }
      flying.add(commit(batch(1)));
    }
    for (Future<Long> f : flying) {
      await(f);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    verifyFrom(first);
    return List.of(new Figure("", Unit.COMMITS, (next.get() - first) / seconds));
  }

  private void verifyFrom(long first) {
    for (long number = first; number < next.get(); number += 97) {
      byte[] key = Records.key(number);
      WrongResult.unless(
          store.get(index, key).filter(v -> Records.isOf(key, v)).isPresent(),
          "record " + number + " is not in the store");
    }
  }

  /** Everything that was acknowledged is there after the store was opened again. */
  void verifyAll() throws IOException {
    store.close();
    store = Store.open(directory, StoreOptions.defaults());
    index = store.index(INDEX);
    long found = 0;
    try (Cursor cursor = store.cursor(index, KeyRange.all())) {
      while (cursor.next()) {
        WrongResult.unless(Records.isOf(cursor.key(), cursor.value()), "a value is of another key");
        found++;
      }
    }
    WrongResult.unless(found == next.get(), found + " records of " + next.get() + " are there");
  }

  @Override
  public void close() {
    store.close();
  }
}
