package io.troupe.lsm;

import static io.troupe.lsm.StoreTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConditionTest {

  @TempDir Path directory;

  @Test
  void nothingOfABatchHappensWhenAKeyIsNotAsExpected() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index a = store.index("a");
      Index b = store.index("b");
      long first =
          StoreTest.commit(
              store, new WriteBatch().expect(a, bytes("k"), 0).put(a, bytes("k"), bytes("1")));
      long second =
          StoreTest.commit(
              store, new WriteBatch().expect(a, bytes("k"), first).put(a, bytes("k"), bytes("2")));

      assertThatThrownBy(
              () ->
                  StoreTest.commit(
                      store,
                      new WriteBatch()
                          .put(b, bytes("other"), bytes("x"))
                          .expect(a, bytes("k"), first)
                          .put(a, bytes("k"), bytes("3"))))
          .cause()
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CONFLICT))
          .hasMessage("index a, key 6b: expected sequence 1, found sequence 2");

      assertThat(store.get(b, bytes("other"))).isEmpty();
      Versioned found = store.getVersioned(a, bytes("k")).orElseThrow();
      assertThat(found.value()).isEqualTo(bytes("2"));
      assertThat(found.sequence()).isEqualTo(second);
      assertThat(store.getVersioned(a, bytes("none"))).isEmpty();
      assertThat(StoreTest.commit(store, new WriteBatch().expect(a, bytes("k"), second)))
          .isEqualTo(second + 1);
      assertThat(store.getVersioned(a, bytes("k")).orElseThrow().sequence()).isEqualTo(second);
    }
  }

  @Test
  void noConcurrentIncrementIsLost() throws Exception {
    var busy = new StoreOptions(64 << 10, 4 << 10, 4 << 20, 64 << 10, 4, 32 << 10, 1 << 20);
    int threads = 8;
    int increments = 400;
    int counters = 3;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads);
        Store store = Store.open(directory, busy)) {
      Index index = store.index("counters");
      List<Future<Integer>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int seed = thread;
        all.add(
            pool.submit(
                () -> {
                  var random = new Random(seed);
                  int conflicts = 0;
                  for (int done = 0; done < increments; ) {
                    byte[] key = {(byte) random.nextInt(counters)};
                    Optional<Versioned> found = store.getVersioned(index, key);
                    int next = 1 + found.map(v -> ByteBuffer.wrap(v.value()).getInt()).orElse(0);
                    byte[] value = ByteBuffer.allocate(64).putInt(next).array();
                    try {
                      store
                          .commit(
                              new WriteBatch()
                                  .expect(index, key, found.map(Versioned::sequence).orElse(0L))
                                  .put(index, key, value),
                              Durability.OS)
                          .toCompletableFuture()
                          .join();
                      done++;
                    } catch (CompletionException e) {
                      assertThat(kind(e)).isEqualTo(StoreException.Kind.CONFLICT);
                      conflicts++;
                    }
                  }
                  return conflicts;
                }));
      }
      int conflicts = 0;
      for (Future<Integer> one : all) {
        conflicts += one.get(60, TimeUnit.SECONDS);
      }
      int sum = 0;
      for (int i = 0; i < counters; i++) {
        sum += ByteBuffer.wrap(store.get(index, new byte[] {(byte) i}).orElseThrow()).getInt();
      }
      assertThat(sum).isEqualTo(threads * increments);
      assertThat(conflicts).as("the test has something to find").isPositive();
      assertThat(store.stats().tables()).isPositive();
    }
  }

  @Test
  void batchesOfOneGroupSeeEachOther() throws IOException {
    try (Engine engine = EngineRun.open(new SimDisk(1, 1L << 30), EngineRun.TINY)) {
      Index a = engine.index("a");
      byte[] key = bytes("k");
      List<CompletableFuture<Long>> done =
          EngineRun.write(
              engine,
              List.of(
                  new WriteBatch().expect(a, key, 0).put(a, key, bytes("1")),
                  new WriteBatch().expect(a, key, 0).put(a, key, bytes("2")),
                  new WriteBatch().expect(a, key, 1).delete(a, key),
                  new WriteBatch().expect(a, key, 0).put(a, key, bytes("4"))),
              Durability.SYNC);

      assertThat(done.get(0)).isCompletedWithValue(1L);
      assertThat(done.get(1)).isCompletedExceptionally();
      assertThat(done.get(2)).isCompletedWithValue(2L);
      assertThat(done.get(3)).isCompletedWithValue(3L);
      assertThat(engine.get(a, key, -1)).hasValue(bytes("4"));
    }
  }

  @Test
  void seesWhatWasFlushedAndMergedSinceItLookedAhead() throws IOException {
    try (Engine engine = EngineRun.open(new SimDisk(1, 1L << 30), EngineRun.TINY)) {
      Index a = engine.index("a");
      byte[] key = bytes("k");
      EngineRun.write(engine, List.of(new WriteBatch().put(a, key, bytes("1"))), Durability.SYNC);
      var stale = new WriteBatch().expect(a, key, 1).put(a, key, bytes("lost"));
      Observed ahead = engine.observe(stale);
      EngineRun.write(engine, List.of(new WriteBatch().put(a, key, bytes("2"))), Durability.SYNC);
      engine.rotate();
      EngineRun.settle(engine);

      var commit = new Commit(stale, Durability.SYNC, new CompletableFuture<>(), ahead);
      engine.write(List.of(commit));

      assertThat(commit.done()).isCompletedExceptionally();
      assertThat(engine.get(a, key, -1)).hasValue(bytes("2"));
    }
  }

  private static StoreException.Kind kind(CompletionException e) {
    if (e.getCause() instanceof StoreException refused) {
      return refused.kind();
    }
    throw e;
  }
}
