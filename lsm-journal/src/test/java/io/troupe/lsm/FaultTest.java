package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FaultTest {

  private static final int KEYS = 40;

  @Test
  void acknowledgesNothingAfterAFailedWriteOrSync() throws IOException {
    for (long at = 0; at < 400; at++) {
      var random = new Random(at);
      SimDisk disk = new SimDisk(at, 1L << 30).failAt(at);
      var model = new Model();
      int acknowledged = 0;
      boolean failed = false;
      try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
        for (int step = 0; step < 60; step++) {
          List<CompletableFuture<Long>> done =
              EngineRun.write(
                  engine, List.of(model.next(random, engine, KEYS, 300)), Durability.SYNC);
          if (done.getFirst().isCompletedExceptionally()) {
            failed = true;
            assertThat(kind(done.getFirst())).isEqualTo(StoreException.Kind.FAILED);
          } else {
            assertThat(failed).as("acknowledged after a failure").isFalse();
            acknowledged = model.size();
          }
          if (step % 5 == 0) {
            engine.flush();
            engine.compact();
            engine.prepare();
          }
        }
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("injected");
      }
      try (Engine again = EngineRun.open(disk.afterPowerLoss(), EngineRun.TINY)) {
        int found = Model.count(again);
        assertThat(found).as("operation %s failed", at).isBetween(acknowledged, model.size());
        Model.check(again, model.after(found), -1, random, KEYS);
      }
    }
  }

  @Test
  void goesOnWhenAFullDiskHasRoomAgain() throws IOException {
    var options = new StoreOptions(64 << 10, 16 << 10, 1 << 20, 8 << 10, 8, 16 << 10, 128 << 10);
    var disk = new SimDisk(1, 1 << 20);
    try (Engine engine = EngineRun.open(disk, options)) {
      Index index = engine.index("a");
      int stored = 0;
      StoreException.Kind kind = StoreException.Kind.CLOSED;
      while (kind != StoreException.Kind.NO_SPACE && stored < 10_000) {
        var done = put(engine, index, stored);
        if (done.isCompletedExceptionally()) {
          kind = kind(done);
        } else {
          stored++;
        }
        EngineRun.settle(engine);
      }
      assertThat(kind).isEqualTo(StoreException.Kind.NO_SPACE);
      assertThat(engine.hasRoom()).isFalse();
      assertThat((long) stored * 1000).isGreaterThan(500_000);

      for (int i = 0; i < stored; i++) {
        assertThat(engine.get(index, wide(i), -1)).as("key %s", i).isPresent();
        var done =
            EngineRun.write(
                engine, List.of(new WriteBatch().delete(index, wide(i))), Durability.SYNC);
        assertThat(done.getFirst()).isCompleted();
        EngineRun.settle(engine);
      }
      engine.relieve();
      EngineRun.settle(engine);
      engine.space().changed();

      assertThat(engine.hasRoom()).isTrue();
      assertThat(put(engine, index, 1)).isCompleted();
      assertThat(engine.failure()).isEmpty();
    }
  }

  @Test
  void namesFileAndOffsetOfACorruptLog() throws IOException {
    var disk = new SimDisk(3, 1L << 30);
    try (Engine engine = EngineRun.open(disk, StoreOptions.small())) {
      for (int i = 0; i < 20; i++) {
        assertThat(put(engine, engine.index("a"), i)).isCompleted();
      }
    }
    SimDisk after = disk.afterPowerLoss();
    String log =
        after.list().stream().filter(name -> name.startsWith("wal-")).findFirst().orElseThrow();
    after.corrupt(log, 4096 + 5_000);

    assertThatThrownBy(() -> EngineRun.open(after, StoreOptions.small()))
        .isInstanceOfSatisfying(
            CorruptionException.class,
            e -> {
              assertThat(e.file()).isEqualTo(log);
              assertThat(e.offset()).isBetween(4096L, 4096L + 5_000);
            });
  }

  @Test
  void cutsATornTail() throws IOException {
    var disk = new SimDisk(3, 1L << 30);
    Engine crashed = EngineRun.open(disk, StoreOptions.small());
    for (int i = 0; i < 20; i++) {
      assertThat(put(crashed, crashed.index("a"), i)).isCompleted();
    }
    SimDisk after = disk.afterPowerLoss();
    assertThatThrownBy(crashed::close).isInstanceOf(SimDisk.PowerLoss.class);
    flipInLastFrame(after, 100);

    try (Engine engine = EngineRun.open(after, StoreOptions.small())) {
      assertThat(engine.get(engine.index("a"), wide(18), -1)).isPresent();
      assertThat(engine.get(engine.index("a"), wide(19), -1)).isEmpty();
    }
  }

  @Test
  void afterACloseTheLastFrameIsNoTornTail() throws IOException {
    var disk = new SimDisk(3, 1L << 30);
    try (Engine engine = EngineRun.open(disk, StoreOptions.small())) {
      for (int i = 0; i < 20; i++) {
        assertThat(put(engine, engine.index("a"), i)).isCompleted();
      }
    }
    SimDisk after = disk.afterPowerLoss();
    flipInLastFrame(after, 100 + 48);

    assertThatThrownBy(() -> EngineRun.open(after, StoreOptions.small()))
        .isInstanceOf(CorruptionException.class);
  }

  @Test
  void aLogThatIsClosedAgainAndAgainStaysWhole() throws IOException {
    var disk = new SimDisk(3, 1L << 30);
    for (int i = 0; i < 5; i++) {
      try (Engine engine = EngineRun.open(disk, StoreOptions.small())) {
        assertThat(engine.lastSequence()).isEqualTo(i);
        assertThat(put(engine, engine.index("a"), i)).isCompleted();
      }
      try (Engine engine = EngineRun.open(disk, StoreOptions.small())) {
        assertThat(engine.lastSequence()).isEqualTo(i + 1);
      }
    }
  }

  private static void flipInLastFrame(SimDisk disk, int fromEnd) throws IOException {
    String log =
        disk.list().stream().filter(name -> name.startsWith("wal-")).findFirst().orElseThrow();
    byte[] bytes = disk.bytes(log);
    int end = bytes.length - 1;
    while (bytes[end] == 0) {
      end--;
    }
    disk.corrupt(log, end - fromEnd);
  }

  @Test
  void reportsEveryFlippedBitOfATable() throws IOException {
    var disk = new SimDisk(3, 1L << 30);
    try (Engine engine = EngineRun.open(disk, StoreOptions.small())) {
      for (int i = 0; i < 20; i++) {
        assertThat(put(engine, engine.index("a"), i)).isCompleted();
      }
      engine.rotate();
      EngineRun.settle(engine);
    }
    String table =
        disk.list().stream().filter(name -> name.endsWith(".sst")).findFirst().orElseThrow();
    int size = disk.bytes(table).length;
    for (int at = 0; at < size; at += 97) {
      disk.corrupt(table, at);
      assertThatThrownBy(() -> readAll(disk))
          .as("offset %s", at)
          .isInstanceOf(StoreException.class);
      disk.corrupt(table, at);
    }
    readAll(disk);
  }

  private static void readAll(SimDisk disk) throws IOException {
    try (Engine engine = EngineRun.open(disk, StoreOptions.small());
        Cursor cursor = engine.cursor(engine.index("a"), KeyRange.all(), -1, false)) {
      List<byte[]> keys = new ArrayList<>();
      while (cursor.next()) {
        keys.add(cursor.key());
      }
      assertThat(keys).hasSize(20);
      for (byte[] key : keys) { // asks the filter, which scans do not
        assertThat(engine.get(engine.index("a"), key, -1)).isPresent();
      }
    }
  }

  private static CompletableFuture<Long> put(Engine engine, Index index, int number)
      throws IOException {
    byte[] value = new byte[1000];
    new Random(number).nextBytes(value);
    value[999] = 1;
    return EngineRun.write(
            engine, List.of(new WriteBatch().put(index, wide(number), value)), Durability.SYNC)
        .getFirst();
  }

  private static byte[] wide(int number) {
    return new byte[] {(byte) (number >>> 8), (byte) number};
  }

  private static StoreException.Kind kind(CompletableFuture<Long> done) {
    try {
      done.join();
      throw new AssertionError("it did not fail");
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreException refused) {
        return refused.kind();
      }
      throw e;
    }
  }
}
