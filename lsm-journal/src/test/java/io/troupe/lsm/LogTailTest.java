package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.tool.RepairRun;
import io.troupe.lsm.wal.SegmentPool;
import io.troupe.lsm.wal.Wal;
import io.troupe.lsm.wal.WalFormat;
import io.troupe.lsm.wal.WalSegments;
import io.troupe.lsm.wal.WalTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogTailTest {

  private static final byte[] KEY = {1};

  private static final StoreOptions KEEPS =
      new StoreOptions(64 << 10, 32 << 10, 4 << 20, 64 << 10, 4, 32 << 10, 0)
          .withWalRetainBytes(256 << 10);

  @Test
  void deliversWhatIsThereAndThenWhatComes() throws Exception {
    var disk = new SimDisk(1, 64 << 20);
    try (Store store = Store.open(disk, KEEPS.withEpoch(3))) {
      for (int i = 1; i <= 40; i++) {
        store.commitAndWait(batch(store, i), Durability.SYNC);
      }
    }
    try (Store store = Store.open(disk, KEEPS.withEpoch(4))) {
      var more = new Semaphore(0);
      try (LogTail tail = store.tail(11, true, more::release)) {
        for (int i = 11; i <= 40; i++) {
          check(tail.poll(), i, 3);
        }
        for (int i = 41; i <= 400; i++) {
          assertThat(tail.poll()).isEmpty();
          assertThat(more.availablePermits()).isZero();
          store.commitAndWait(batch(store, i), Durability.SYNC);
          assertThat(more.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
          check(tail.poll(), i, 4);
        }
        assertThat(tail.position()).isEqualTo(401);
      }
    }
  }

  /** Each closing leaves a frame without batches. */
  @Test
  void readsOnBehindTheSealOfAClosedStore() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    for (int i = 1; i <= 4; i++) {
      try (Store store = Store.open(disk, KEEPS.withEpoch(i))) {
        store.commitAndWait(batch(store, i), Durability.SYNC);
      }
      assertThat(RepairRun.broken(disk)).isEmpty();
    }
    try (Store store = Store.open(disk, KEEPS)) {
      assertThat(store.stats().lastSequence()).isEqualTo(4);
      for (int from = 1; from <= 5; from++) {
        try (LogTail tail = store.tail(from, true, () -> {})) {
          for (int i = from; i <= 4; i++) {
            check(tail.poll(), i, i);
          }
          assertThat(tail.poll()).isEmpty();
        }
      }
    }
  }

  @Test
  void deliversWhatIsDurableOnlyWhenAskedTo() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, KEEPS);
        LogTail durable = engine.tail(1, true, () -> {});
        LogTail visible = engine.tail(1, false, () -> {})) {
      Index index = engine.index("a");
      for (int i = 1; i <= 2; i++) {
        EngineRun.write(
            engine,
            List.of(new WriteBatch().put(index, new byte[] {1}, new byte[] {(byte) i})),
            i == 1 ? Durability.OS : Durability.SYNC);
        assertThat(visible.poll()).isPresent();
        if (i == 1) {
          assertThat(durable.poll()).isEmpty();
        }
      }
      assertThat(durable.poll()).isPresent();
      assertThat(durable.poll()).isPresent();
      assertThat(durable.poll()).isEmpty();
    }
  }

  /** Each commit comes just when the follower finds that there is nothing. */
  @Test
  void isToldOfEveryBatchThatComesWhileItLooks() throws Exception {
    int batches = 5_000;
    var more = new Semaphore(0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Store store = Store.open(new SimDisk(1, 256 << 20), StoreOptions.small());
        LogTail tail = store.tail(1, false, more::release)) {
      var received = new Semaphore(0);
      Future<Boolean> writer =
          threads.submit(
              () -> {
                boolean heard = true;
                for (int i = 1; i <= batches && heard; i++) {
                  store.commitAndWait(batch(store, i), Durability.OS);
                  heard = received.tryAcquire(10, TimeUnit.SECONDS);
                }
                return heard;
              });
      for (int i = 1; i <= batches; i++) {
        Optional<LoggedBatch> polled = tail.poll();
        while (polled.isEmpty()) {
          assertThat(more.tryAcquire(5, TimeUnit.SECONDS)).as("told of batch %s", i).isTrue();
          polled = tail.poll();
        }
        assertThat(polled.orElseThrow().sequence()).isEqualTo(i);
        received.release();
      }
      assertThat(writer.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void findsABatchThatComesBeforeAnybodyKnowsThatItWaits() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    var looks = new AtomicInteger();
    var told = new AtomicInteger();
    var tails = new Tails();
    try (var pool = new SegmentPool(disk, 64 << 10, 1)) {
      var log = new WalSegments(pool, 64 << 10, 0);
      try (var wal = new Wal(pool, log, 0);
          var tail =
              new LogTail(
                  new WalTail(disk, log, 1),
                  new Indices(),
                  () -> looks.getAndIncrement() == 0 ? 0 : 1,
                  told::incrementAndGet,
                  tails)) {
        ByteBuffer frame = ByteBuffer.allocateDirect(256);
        WalFormat.begin(frame, wal.salt(), 1, wal.durable(), wal.start(), 1, 0);
        WalFormat.batch(frame, 0);
        WalFormat.end(frame);
        wal.ensure(frame.remaining());
        wal.append(frame, 1);

        assertThat(tail.poll().orElseThrow().operations()).isEmpty();
        tails.signal();
        assertThat(told).hasValue(0); // it found all that there is, and does not wait
      }
    }
  }

  /** Told once for each time that it found nothing, by whatever makes a batch readable. */
  @Test
  void isToldWhenWhatWasWrittenBecomesDurable() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    var now = new AtomicLong();
    var told = new AtomicInteger();
    try (Engine engine = Engine.open(disk, KEEPS, EngineRun.NONE, now::get);
        LogTail tail = engine.tail(1, true, told::incrementAndGet)) {
      Index index = engine.index("a");
      assertThat(tail.poll()).isEmpty();
      for (int i = 1; i <= 2; i++) {
        // What is not durable may wake it up, and then it finds nothing.
        EngineRun.write(
            engine, List.of(new WriteBatch().put(index, KEY, KEY)), Durability.INTERVAL);
        assertThat(tail.poll()).isEmpty();
        int before = told.get();
        if (i == 1) {
          now.addAndGet(TimeUnit.SECONDS.toNanos(2));
          engine.syncIfDue();
        } else {
          engine.rotate();
        }
        assertThat(told.get()).isEqualTo(before + 1);
        engine.syncIfDue();
        engine.rotate();
        assertThat(told.get()).isEqualTo(before + 1);
        assertThat(tail.poll()).isPresent();
        assertThat(tail.poll()).isEmpty();
      }
    }
  }

  /** Frames that are longer than what is read at a time, and than a segment. */
  @Test
  void readsLongFrames() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, KEEPS.withWalRetainBytes(64 << 20));
        LogTail tail = engine.tail(1, false, () -> {})) {
      Index index = engine.index("a");
      int[] sizes = {10, 40_000, 70_000, 10, 65_400, 300_000, 10};
      for (int size : sizes) {
        EngineRun.write(
            engine, List.of(new WriteBatch().put(index, KEY, new byte[size])), Durability.OS);
      }
      for (int size : sizes) {
        assertThat(tail.poll().orElseThrow().operations().getFirst().value()).hasSize(size);
      }
    }
  }

  @Test
  void tellsWhoFellBehindWhatIsKept() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, KEEPS);
        LogTail slow = engine.tail(1, true, () -> {})) {
      Index index = engine.index("a");
      for (int i = 1; i <= 1_000; i++) {
        EngineRun.write(
            engine,
            List.of(new WriteBatch().put(index, new byte[] {1}, new byte[2_000])),
            Durability.SYNC);
        if (i == 1) {
          assertThat(slow.poll()).isPresent();
        }
        EngineRun.settle(engine);
      }
      assertThatThrownBy(
              () -> {
                while (slow.poll().isPresent()) {}
              })
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.COMPACTED));
      try (LogTail kept = engine.tail(900, true, () -> {})) {
        for (int i = 900; i <= 1_000; i++) {
          assertThat(kept.poll()).isPresent();
        }
      }
      long logs = disk.list().stream().filter(name -> name.startsWith("wal-")).count();
      assertThat(logs).isBetween(4L, 9L);
    }
  }

  @Test
  void namesFileAndOffsetOfWhatDoesNotVerify() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, KEEPS)) {
      Index index = engine.index("a");
      for (int i = 1; i <= 3; i++) {
        EngineRun.write(
            engine,
            List.of(new WriteBatch().put(index, new byte[] {1}, new byte[1_000])),
            Durability.SYNC);
      }
      String log =
          disk.list().stream().filter(name -> name.startsWith("wal-")).findFirst().orElseThrow();
      disk.corrupt(log, 4096 + 1_500);
      try (LogTail tail = engine.tail(1, true, () -> {})) {
        assertThat(tail.poll()).isPresent();
        assertThatThrownBy(tail::poll)
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
            .hasMessageContaining(log);
      }
    }
  }

  private static WriteBatch batch(Store store, int number) {
    byte[] key = ByteBuffer.allocate(4).putInt(number).array();
    return new WriteBatch()
        .put(store.index("a"), key, new byte[number % 7 * 500])
        .delete(store.index("b"), key);
  }

  private static void check(Optional<LoggedBatch> polled, int number, int epoch) {
    LoggedBatch batch = polled.orElseThrow();
    assertThat(batch.sequence()).isEqualTo(number);
    assertThat(batch.epoch()).isEqualTo(epoch);
    assertThat(batch.operations()).hasSize(2);
    assertThat(batch.operations().get(0).index().name()).isEqualTo("a");
    assertThat(batch.operations().get(0).kind()).isEqualTo(Kind.PUT);
    assertThat(batch.operations().get(0).value()).hasSize(number % 7 * 500);
    assertThat(batch.operations().get(1).index().name()).isEqualTo("b");
    assertThat(batch.operations().get(1).kind()).isEqualTo(Kind.DELETE);
    assertThat(ByteBuffer.wrap(batch.operations().get(1).key()).getInt()).isEqualTo(number);
  }
}
