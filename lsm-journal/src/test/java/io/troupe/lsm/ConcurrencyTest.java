package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {

  private static final int ACCOUNTS = 200;
  private static final int TOTAL = ACCOUNTS * 1000;

  /** Memtables of 32 KiB: everything is flushed and merged all the time. */
  private static final StoreOptions BUSY =
      new StoreOptions(64 << 10, 32 << 10, 4 << 20, 64 << 10, 4, 32 << 10, 1 << 20);

  @TempDir Path directory;

  @Test
  void everyReaderSeesWholeBatches() throws Exception {
    var stop = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Store store = Store.open(directory, BUSY)) {
      Index left = store.index("left");
      Index right = store.index("right");
      var start = new WriteBatch();
      for (int i = 0; i < ACCOUNTS; i++) {
        start.put(i % 2 == 0 ? left : right, key(i), amount(1000));
      }
      StoreTest.commit(store, start);

      List<Future<Integer>> readers = new ArrayList<>();
      for (int reader = 0; reader < 3; reader++) {
        int kind = reader;
        readers.add(
            threads.submit(
                () -> {
                  int checks = 0;
                  while (!stop.get()) {
                    try (Snapshot snapshot = store.snapshot()) {
                      long sum = sum(snapshot, left, kind == 1) + sum(snapshot, right, kind == 2);
                      assertThat(sum).isEqualTo(TOTAL);
                      assertThat(snapshot.get(left, key(0))).isPresent();
                    }
                    checks++;
                  }
                  return checks;
                }));
      }
      transfer(store, left, right, 20_000);
      stop.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get(20, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(store.failure()).isEmpty();
      assertThat(store.stats().compactionWrittenBytes()).isPositive();
      assertThat(store.stats().snapshots()).isZero();
    }
    try (Store store = Store.open(directory, BUSY)) {
      assertThat(sum(store, store.index("left"), false) + sum(store, store.index("right"), false))
          .isEqualTo(TOTAL);
    }
  }

  @Test
  void completesInOrderAndRefusesWhatIsTooMuch() throws Exception {
    var options = new StoreOptions(64 << 10, 1 << 20, 256 << 10, 64 << 10, 4, 1 << 20, 0);
    List<Long> order = new ArrayList<>();
    int refused = 0;
    List<CompletableFuture<Long>> all = new ArrayList<>();
    try (Store store = Store.open(directory, options)) {
      Index index = store.index("a");
      for (int i = 0; i < 2_000; i++) {
        var done =
            store
                .commit(new WriteBatch().put(index, key(i), new byte[2_000]), Durability.SYNC)
                .toCompletableFuture();
        all.add(
            done.whenComplete(
                (sequence, e) -> {
                  if (e == null) {
                    order.add(sequence); // on the log thread, always the same
                  }
                }));
      }
    }
    for (CompletableFuture<Long> done : all) {
      assertThat(done).isDone();
      if (done.isCompletedExceptionally()) {
        refused++;
        assertThatThrownBy(done::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.OVERLOADED));
      }
    }
    assertThat(refused).isPositive();
    assertThat(order).isSorted().hasSize(2_000 - refused);
  }

  @Test
  void takesBatchesLargerThanASegment() throws Exception {
    byte[] value = new byte[1 << 20];
    new Random(1).nextBytes(value);
    try (Store store = Store.open(directory, BUSY)) {
      StoreTest.commit(store, new WriteBatch().put(store.index("a"), key(1), value));
      StoreTest.commit(store, new WriteBatch().put(store.index("a"), key(2), amount(2)));
    }
    try (Store store = Store.open(directory, BUSY)) {
      assertThat(store.get(store.index("a"), key(1))).hasValue(value);
      assertThat(store.get(store.index("a"), key(2))).hasValue(amount(2));
    }
  }

  @Test
  void readsThoughTheThreadIsInterrupted() throws Exception {
    var options = new StoreOptions(64 << 10, 32 << 10, 4 << 20, 0, 4, 32 << 10, 1 << 20);
    try (Store store = Store.open(directory, options)) {
      Index index = store.index("a");
      for (int i = 0; i < 1_000; i++) {
        StoreTest.commit(store, new WriteBatch().put(index, key(i), amount(i)));
      }
      for (int i = 0; i < 1_000; i++) {
        Thread.currentThread().interrupt();
        Optional<byte[]> found = store.get(index, key(i));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(found).hasValue(amount(i));
      }
    }
  }

  @Test
  void refusesEverythingOnceClosed() throws Exception {
    Store store = Store.open(directory, BUSY);
    Index index = store.index("a");
    store.close();

    assertThatThrownBy(() -> store.get(index, key(1)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CLOSED));
    assertThat(
            store
                .commit(new WriteBatch().delete(index, key(1)), Durability.OS)
                .toCompletableFuture())
        .isCompletedExceptionally();
    store.close();
  }

  private static void transfer(Store store, Index left, Index right, int transfers)
      throws Exception {
    var random = new Random(5);
    int[] balance = new int[ACCOUNTS];
    java.util.Arrays.fill(balance, 1000);
    List<CompletableFuture<Long>> window = new ArrayList<>();
    for (int i = 0; i < transfers; i++) {
      int from = random.nextInt(ACCOUNTS);
      int to = random.nextInt(ACCOUNTS);
      balance[from] -= 7;
      balance[to] += 7;
      window.add(
          store
              .commit(
                  new WriteBatch()
                      .put(from % 2 == 0 ? left : right, key(from), amount(balance[from]))
                      .put(to % 2 == 0 ? left : right, key(to), amount(balance[to])),
                  i % 3 == 0 ? Durability.SYNC : Durability.OS)
              .toCompletableFuture());
      if (window.size() == 100) {
        for (CompletableFuture<Long> done : window) {
          assertThat(done.get(20, TimeUnit.SECONDS)).isPositive();
        }
        window.clear();
      }
    }
  }

  private static long sum(Reader reader, Index index, boolean reverse) {
    long sum = 0;
    try (Cursor cursor =
        reverse
            ? reader.cursorReverse(index, KeyRange.all())
            : reader.cursor(index, KeyRange.all())) {
      while (cursor.next()) {
        sum += ByteBuffer.wrap(cursor.value()).getInt();
      }
    }
    return sum;
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number * 0x9e3779b9).array();
  }

  private static byte[] amount(int amount) {
    return ByteBuffer.allocate(100).putInt(amount).array();
  }
}
