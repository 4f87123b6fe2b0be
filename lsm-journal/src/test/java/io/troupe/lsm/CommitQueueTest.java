package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitQueueTest {

  private static final List<Durability> DURABILITIES =
      List.of(Durability.SYNC, Durability.INTERVAL, Durability.OS);

  @TempDir Path directory;

  @Test
  void writersThatWaitAndWritersThatDoNotAreNumberedInOneOrder() throws Exception {
    var options = new StoreOptions(64 << 10, 64 << 10, 4 << 20, 64 << 10, 4, 64 << 10, 1 << 20);
    int perThread = 1_500;
    List<Future<Void>> running = new ArrayList<>();
    var sum = new AtomicLong();
    try (Store store = Store.open(directory, options);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int t = 0; t < 4; t++) {
        int thread = t;
        running.add(
            threads.submit(
                () -> {
                  Index index = store.index("index" + thread);
                  long last = 0;
                  for (int i = 0; i < perThread; i++) {
                    var batch = new WriteBatch().put(index, key(i), new byte[50 + i % 50]);
                    for (int more = i % 50 == 0 ? 60 : 0; more > 0; more--) {
                      batch.put(index, key(1_000_000 + i + more), new byte[10]);
                    }
                    Durability how = DURABILITIES.get(i % DURABILITIES.size());
                    CompletionStage<Long> done =
                        thread % 2 == 0
                            ? CompletableFuture.completedFuture(store.commitAndWait(batch, how))
                            : how == Durability.OS
                                ? store.commitHere(batch)
                                : store.commit(batch, how);
                    long sequence = done.toCompletableFuture().get(20, TimeUnit.SECONDS);
                    assertThat(sequence).isGreaterThan(last);
                    assertThat(store.get(index, key(i))).isPresent();
                    last = sequence;
                    sum.addAndGet(sequence);
                  }
                  return null;
                }));
      }
      for (Future<Void> thread : running) {
        thread.get(60, TimeUnit.SECONDS);
      }
      long all = 4L * perThread;
      assertThat(sum).hasValue(all * (all + 1) / 2);
      assertThat(store.stats().lastSequence()).isEqualTo(all);
    }
    try (Store store = Store.open(directory, options)) {
      for (int thread = 0; thread < 4; thread++) {
        for (int i = 0; i < perThread; i++) {
          assertThat(store.get(store.index("index" + thread), key(i))).isPresent();
        }
      }
    }
  }

  @Test
  void whatNeedsNoSyncIsWrittenByTheCallerWhereNobodyElseWrites() throws Exception {
    var disk = new SimDisk(1, 64 << 20);
    try (Store store = Store.open(disk, StoreOptions.small())) {
      Index index = store.index("a");
      int atOnce = 0;
      for (int i = 0; i < 200; i++) {
        CompletableFuture<Long> done =
            store
                .commitHere(new WriteBatch().put(index, key(i), new byte[9]))
                .toCompletableFuture();
        atOnce += done.isDone() ? 1 : 0;
        assertThat(done.get(10, TimeUnit.SECONDS)).isEqualTo(i + 1);
        assertThat(store.get(index, key(i))).isPresent();
      }

      assertThat(atOnce).isGreaterThan(100); // not where the log thread is just awake
      assertThat(disk.hasUnsynced("wal-")).isTrue();
    }
  }

  @Test
  void anInterruptedCallerCommitsAndStaysInterrupted() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index index = store.index("a");
      for (int i = 0; i < 200; i++) {
        Thread.currentThread().interrupt();
        var batch = new WriteBatch();
        for (int n = 0; n <= i % 70; n++) {
          batch.put(index, key(i * 100 + n), new byte[10]);
        }
        assertThat(store.commitAndWait(batch, Durability.SYNC)).isEqualTo(i + 1);
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(store.failure()).isEmpty();
    }
  }

  @Test
  void whatIsSyncedAtAnIntervalIsSyncedWithoutFurtherCommits() throws Exception {
    var options = StoreOptions.small().withSyncIntervalNanos(TimeUnit.MILLISECONDS.toNanos(2));
    var disk = new SimDisk(1, 64 << 20);
    try (Store store = Store.open(disk, options)) {
      Index index = store.index("a");
      store.commitAndWait(new WriteBatch().put(index, key(1), new byte[9]), Durability.INTERVAL);
      awaitForce(disk);
      store
          .commit(new WriteBatch().put(index, key(2), new byte[9]), Durability.INTERVAL)
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      awaitForce(disk);

      try (Engine after = EngineRun.open(disk.afterPowerLoss(), options)) {
        assertThat(after.get(after.index("a"), key(1), -1)).isPresent();
        assertThat(after.get(after.index("a"), key(2), -1)).isPresent();
      }
    } catch (java.io.UncheckedIOException e) {
      assertThat(disk.isDead()).isTrue(); // the close of a store whose power is gone
    }
  }

  @Test
  void oneSyncMakesAllThatWasAcknowledgedBeforeItSurviveALossOfPower() throws Exception {
    var options = StoreOptions.small().withSyncIntervalNanos(TimeUnit.HOURS.toNanos(1));
    var disk = new SimDisk(1, 64 << 20);
    int records = 500;
    try (Store store = Store.open(disk, options)) {
      Index index = store.index("a");
      for (int i = 0; i < records; i++) {
        var batch = new WriteBatch().put(index, key(i), new byte[9]);
        if (i % 2 == 0) {
          store.commitAndWait(batch, Durability.INTERVAL);
        } else {
          store.commit(batch, Durability.INTERVAL).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
      }
      assertThat(disk.hasUnsynced("wal-")).isTrue();
      store
          .commit(new WriteBatch().put(index, key(records), new byte[9]), Durability.SYNC)
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      store.commitAndWait(
          new WriteBatch().put(index, key(records + 1), new byte[9]), Durability.INTERVAL);

      try (Engine after = EngineRun.open(disk.afterPowerLoss(), options)) {
        for (int i = 0; i <= records; i++) {
          assertThat(after.get(after.index("a"), key(i), -1)).isPresent();
        }
      }
    } catch (java.io.UncheckedIOException e) {
      assertThat(disk.isDead()).isTrue(); // the close of a store whose power is gone
    }
  }

  @Test
  void aSyncThatFailsAtAnIntervalEndsTheStore() throws Exception {
    var clock = new AtomicLong();
    var disk = new SimDisk(1, 64 << 20);
    var options = StoreOptions.small().withSyncIntervalNanos(1_000);
    try (Engine engine = Engine.open(disk, options, EngineRun.NONE, clock::get)) {
      Index index = engine.index("a");
      EngineRun.write(
          engine, List.of(new WriteBatch().put(index, key(1), key(1))), Durability.INTERVAL);
      assertThat(engine.nanosToSync()).isEqualTo(1_000);
      clock.set(999);
      long before = disk.operations();
      engine.syncIfDue();
      assertThat(disk.operations()).isEqualTo(before);
      clock.set(1_000);
      disk.failAt(disk.operations());
      engine.syncIfDue();

      assertThat(engine.failure()).isPresent();
      assertThat(
              EngineRun.write(
                      engine, List.of(new WriteBatch().put(index, key(2), key(2))), Durability.OS)
                  .getFirst())
          .isCompletedExceptionally();
    }
  }

  @Test
  void whatWasNotAcknowledgedIsNeitherSeenNorFlushed() throws Exception {
    for (int records : new int[] {1, 100}) {
      var disk = new SimDisk(records, 64 << 20);
      try (Store store = Store.open(disk, StoreOptions.small())) {
        Index index = store.index("a");
        store.commitAndWait(new WriteBatch().put(index, key(0), key(7)), Durability.SYNC);
        var batch = new WriteBatch();
        for (int i = 0; i < records; i++) {
          batch.put(index, key(i), key(8));
        }
        disk.failNextSyncOfTheLog();
        assertThatThrownBy(() -> store.commitAndWait(batch, Durability.SYNC))
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.FAILED));

        assertThat(store.get(index, key(0))).hasValue(key(7));
        assertThat(store.stats().lastSequence()).isEqualTo(1);
      }
      assertThat(disk.list().stream().filter(name -> name.endsWith(".sst"))).isEmpty();
    }
  }

  @Test
  void workBesidesIsDoneOnceWhoeverDoesIt() throws Exception {
    Beside beside = Beside.thread();
    var done = new AtomicLong();
    beside.offer(done::incrementAndGet);
    beside.finish(); // nobody was there to take it
    assertThat(done).hasValue(1);

    beside.start();
    for (int i = 0; i < 1_000; i++) {
      beside.offer(done::incrementAndGet);
      beside.finish();
      assertThat(done).hasValue(i + 2);
    }
    var taken = new CountDownLatch(1);
    beside.offer(taken::countDown);
    assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
    beside.finish();
    var takenToo = new CountDownLatch(1);
    beside.offer(
        () -> {
          takenToo.countDown();
          throw new IllegalArgumentException("on purpose");
        });
    assertThat(takenToo.await(10, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(beside::finish).hasRootCauseMessage("on purpose");
    beside.stop().ifPresent(Worker::join);
  }

  @Test
  void writersAreSlowedDownWithoutSteps() {
    assertThat(WriteRate.bytesPerSecond(0, 0, 1, 0)).isEqualTo(WriteRate.UNLIMITED);
    assertThat(WriteRate.bytesPerSecond(7, 0, 0.99, 0)).isEqualTo(WriteRate.UNLIMITED);
    long last = 512 << 20;
    for (double debt = 8.01; debt < 20; debt += 0.01) {
      int level0 = (int) debt;
      long rate = WriteRate.bytesPerSecond(level0, 0, debt - level0, 0);
      assertThat(rate).isLessThanOrEqualTo(last).isGreaterThan((long) (last * 0.9));
      last = rate;
    }
    assertThat(last).isBetween(1L << 20, 2L << 20);
    // A memtable that is frozen, and then flushed, changes nothing.
    assertThat(WriteRate.bytesPerSecond(9, 0, 1, 0))
        .isEqualTo(WriteRate.bytesPerSecond(9, 1, 0, 0));
    assertThat(WriteRate.bytesPerSecond(9, 1, 0, 0))
        .isEqualTo(WriteRate.bytesPerSecond(10, 0, 0, 0));
    assertThat(WriteRate.bytesPerSecond(0, 3, 0.5, 0))
        .isLessThan(WriteRate.bytesPerSecond(0, 2, 0.5, 0));
    assertThat(WriteRate.bytesPerSecond(0, 0, 0, 1L << 35)).isLessThan(last * 40);
  }

  private static void awaitForce(SimDisk disk) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (disk.hasUnsynced("wal-") && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(disk.hasUnsynced("wal-")).isFalse();
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }
}
