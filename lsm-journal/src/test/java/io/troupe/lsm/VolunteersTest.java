package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.SimDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolunteersTest {
  @TempDir Path directory;

  private record Offer(Runnable here, Runnable elsewhere) {}

  private final List<Offer> offers = new ArrayList<>();

  private boolean take(Runnable here, Runnable elsewhere) {
    offers.add(new Offer(here, elsewhere));
    return true;
  }

  @Test
  void aVolunteerWritesOnItsOwnThread() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index index = store.index("a");
      store.setVolunteers(this::take);
      boolean byItself = false;
      // The log thread is asked where it has not gone to sleep yet.
      for (int i = 0; !byItself && i < 1_000; i++) {
        var commit = store.commit(batch(index, i), Durability.SYNC).toCompletableFuture();
        boolean waits = !commit.isDone();
        var completedOn = commit.thenApply(n -> Thread.currentThread());
        offers.forEach(offer -> offer.here().run());
        offers.clear();
        byItself = completedOn.get(10, TimeUnit.SECONDS) == Thread.currentThread() && waits;
        assertThat(commit.join()).isEqualTo(i + 1);
      }

      assertThat(byItself).isTrue();
    }
  }

  @Test
  void aVolunteerWritesWhatOthersHaveQueued() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index index = store.index("a");
      store.setVolunteers(this::take);
      CompletableFuture<Long> first = untilOffered(store, index);
      var second = store.commit(batch(index, -1), Durability.SYNC).toCompletableFuture();

      offers.getFirst().here().run();

      assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(first.get(10, TimeUnit.SECONDS) + 1);
    }
  }

  @Test
  void theLogThreadWritesWhatAVolunteerDoesNotComeTo() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index index = store.index("a");
      store.setVolunteers(this::take);
      CompletableFuture<Long> waiting = untilOffered(store, index);

      offers.getFirst().elsewhere().run();

      assertThat(waiting.get(10, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  void closingWritesWhatAVolunteerHasTaken() throws Exception {
    CompletableFuture<Long> waiting;
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index index = store.index("a");
      store.setVolunteers(this::take);
      waiting = untilOffered(store, index);
    }
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isPositive();
    offers.getFirst().here().run(); // too late, and harmless
  }

  @Test
  void whatAVolunteerWroteSurvivesAPowerLoss() throws Exception {
    var disk = new SimDisk(1, 64 << 20);
    try (Store store = Store.open(disk, StoreOptions.small())) {
      Index index = store.index("a");
      store.setVolunteers(this::take);
      CompletableFuture<Long> waiting = untilOffered(store, index);
      offers.getFirst().here().run();
      waiting.get(10, TimeUnit.SECONDS);

      try (Engine after = EngineRun.open(disk.afterPowerLoss(), StoreOptions.small())) {
        assertThat(after.lastSequence()).isEqualTo(waiting.join());
      }
    } catch (java.io.UncheckedIOException e) {
      assertThat(disk.isDead()).isTrue(); // the close of a store whose power is gone
    }
  }

  @Test
  void volunteersAndOthersAreNumberedInOneOrder() throws Exception {
    int perThread = 1_000;
    var options = new StoreOptions(64 << 10, 64 << 10, 4 << 20, 64 << 10, 4, 64 << 10, 1 << 20);
    var numbers = new ConcurrentLinkedQueue<Long>();
    Map<Thread, Runnable> taken = new ConcurrentHashMap<>();
    try (Store store = Store.open(directory, options);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      store.setVolunteers(
          (here, elsewhere) -> {
            taken.put(Thread.currentThread(), here);
            return true;
          });
      List<Future<Boolean>> running = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        running.add(
            threads.submit(
                () -> {
                  Index index = store.index("index" + thread);
                  for (int i = 0; i < perThread; i++) {
                    if (thread == 0) {
                      numbers.add(store.commitAndWait(batch(index, i), Durability.SYNC));
                      continue;
                    }
                    var commit = store.commit(batch(index, i), Durability.SYNC);
                    Runnable mine = taken.remove(Thread.currentThread());
                    if (mine != null) {
                      mine.run();
                    }
                    numbers.add(commit.toCompletableFuture().get(20, TimeUnit.SECONDS));
                    assertThat(store.get(index, key(i))).isPresent();
                  }
                  return true;
                }));
      }
      for (Future<Boolean> thread : running) {
        thread.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(numbers).hasSize(4 * perThread).doesNotHaveDuplicates();
    assertThat(numbers.stream().mapToLong(n -> n).max()).hasValue(4L * perThread);
  }

  /** Commits until the log thread sleeps, so that the calling thread is asked. */
  private CompletableFuture<Long> untilOffered(Store store, Index index) throws Exception {
    for (int i = 0; ; i++) {
      var commit = store.commit(batch(index, i), Durability.SYNC).toCompletableFuture();
      if (!offers.isEmpty()) {
        return commit;
      }
      commit.get(10, TimeUnit.SECONDS);
    }
  }

  private static WriteBatch batch(Index index, int i) {
    return new WriteBatch().put(index, key(i), new byte[20]);
  }

  private static byte[] key(int i) {
    return java.nio.ByteBuffer.allocate(4).putInt(i).array();
  }
}
