package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * Copies of a store that meet a full disk, wherever in them that is: whoever asked is told, nothing
 * is left that could be taken for whole or takes room, and the same directory can be copied to once
 * there is room.
 */
class FullDiskTest {

  private static final int BATCHES = 40;
  private static final int VALUE_BYTES = 700;

  /** Less than any part of a copy has, so that each of them is met. */
  private static final int STEP_BYTES = 1500;

  private static final long ROOM = 1L << 30;

  /** Copies a store to a disk. */
  private interface Copy {
    void to(SimDisk target) throws IOException;
  }

  @Test
  void aSnapshotIsMaterialisedWholeOrNotAtAll() throws IOException {
    try (Engine engine = filled(new SimDisk(1, ROOM));
        Snapshot snapshot = engine.snapshot()) {
      int failed =
          untilThereIsRoom(
              target -> materialise(snapshot, target),
              e ->
                  assertThat(e)
                      .isInstanceOfSatisfying(
                          StoreException.class,
                          told -> assertThat(told.kind()).isEqualTo(StoreException.Kind.NO_SPACE))
                      .hasMessageContaining("no room for the copy"));

      assertThat(failed).isGreaterThan(BATCHES * VALUE_BYTES / STEP_BYTES);
      assertThat(engine.failure()).isEmpty();
    }
  }

  @Test
  void aStoreIsRestoredWholeOrNotAtAll() throws IOException {
    var disk = new SimDisk(1, ROOM);
    filled(disk).close();
    int failed =
        untilThereIsRoom(
            target -> Restore.run(disk, target, EngineRun.TINY),
            e ->
                assertThat(e)
                    .isInstanceOf(NoSpaceException.class)
                    .hasMessageContaining("no room for the restored store"));

    assertThat(failed).isGreaterThan(BATCHES * VALUE_BYTES / STEP_BYTES);
  }

  @Test
  void aCheckpointIsWholeOrNotAtAll() throws IOException {
    try (Engine engine = filled(new SimDisk(1, ROOM))) {
      engine.rotate();
      EngineRun.settle(engine);
      int failed =
          untilThereIsRoom(
              target -> engine.checkpoint(target, Optional.empty()),
              e -> assertThat(e).isInstanceOf(NoSpaceException.class));

      assertThat(failed).isGreaterThan(BATCHES * VALUE_BYTES / STEP_BYTES);
      assertThat(engine.failure()).isEmpty();
    }
  }

  /** On the disk of the store itself, which must get its room back. */
  @Test
  void theStoreGoesOnWhenACopyOfItFilledItsDisk() throws IOException {
    var options = new StoreOptions(64 << 10, 3 << 10, 1 << 20, 8 << 10, 3, 1 << 10, 8 << 10, 0, 3);
    var disk = new SimDisk(1, ROOM);
    try (Engine engine = EngineRun.open(disk, options)) {
      fill(engine);
      engine.rotate();
      EngineRun.settle(engine);
      disk.resize(ROOM - disk.freeBytes() + BATCHES * VALUE_BYTES / 2);
      long free = disk.freeBytes();
      SimDisk target = disk.directory();
      try (Snapshot snapshot = engine.snapshot()) {
        assertThatThrownBy(() -> materialise(snapshot, target))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("no room");
      }

      assertThat(disk.freeBytes()).isEqualTo(free);
      engine.space().changed();
      assertThat(engine.hasRoom()).isTrue();
      put(engine, BATCHES);
      engine.rotate();
      EngineRun.settle(engine);
      assertThat(engine.blockedBySpace()).isFalse();
      assertThat(engine.failure()).isEmpty();
      assertThat(engine.lastSequence()).isEqualTo(BATCHES + 1);
    }
    try (Engine engine = EngineRun.open(disk, options)) {
      assertThat(engine.lastSequence()).isEqualTo(BATCHES + 1);
    }
  }

  /** What a failure has to be like. */
  private interface Told {
    void check(Exception failure);
  }

  /** Copies to disks that are larger and larger; returns how many were too small. */
  private static int untilThereIsRoom(Copy copy, Told told) throws IOException {
    for (int tooSmall = 0; ; tooSmall++) {
      var target = new SimDisk(2, (long) tooSmall * STEP_BYTES);
      try {
        copy.to(target);
      } catch (NoSpaceException | StoreException e) {
        told.check(e);
        assertThat(target.list()).containsExactly("INCOMPLETE");
        assertThatThrownBy(() -> EngineRun.open(target.afterKill(), EngineRun.TINY))
            .hasMessageContaining("not finished");
        if (tooSmall % 8 == 0) {
          var again = target.afterPowerLoss();
          again.resize(ROOM);
          copy.to(again);
          assertWhole(again);
        }
        continue;
      }
      target.resize(ROOM); // an open store needs some of its own
      assertWhole(target);
      return tooSmall;
    }
  }

  private static void assertWhole(SimDisk copy) throws IOException {
    try (Engine engine = EngineRun.open(copy, EngineRun.TINY)) {
      assertThat(engine.lastSequence()).isEqualTo(BATCHES);
      for (int i = 0; i < BATCHES; i++) {
        assertThat(engine.get(engine.index("a"), key(i), -1)).hasValue(value(i));
      }
    }
  }

  private static void materialise(Snapshot snapshot, SimDisk target) {
    Materialiser copy = ((PinnedSnapshot) snapshot).materialiser(target, Selection.all());
    copy.run();
    try {
      assertThat(copy.done().toCompletableFuture().join()).isEqualTo(BATCHES);
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static Engine filled(SimDisk disk) throws IOException {
    Engine engine = EngineRun.open(disk, EngineRun.TINY);
    fill(engine);
    return engine;
  }

  private static void fill(Engine engine) throws IOException {
    for (int i = 0; i < BATCHES; i++) {
      put(engine, i);
      EngineRun.settle(engine);
    }
  }

  private static void put(Engine engine, int number) throws IOException {
    WriteBatch batch = new WriteBatch().put(engine.index("a"), key(number), value(number));
    assertThat(EngineRun.write(engine, List.of(batch), Durability.SYNC).getFirst()).isCompleted();
  }

  private static byte[] key(int number) {
    return new byte[] {1, (byte) number};
  }

  private static byte[] value(int number) {
    byte[] value = new byte[VALUE_BYTES]; // that does not become small
    new Random(number).nextBytes(value);
    return value;
  }
}
