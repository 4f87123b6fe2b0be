package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Thousands of short lives of a store, each with a random workload that the power ends at a random
 * write, sync or change of a directory, most of them twice. Batches (some on conditions, some
 * refused), flushes, compactions and checkpoints; afterwards every acknowledged batch is there,
 * each other one whole or absent, and every directory that opens holds one moment. {@link
 * CrashTest} takes every point of few workloads, this one point of each of many.
 *
 * <p>{@code -Dseeds=} sets how many, {@code -Dseed=} replays the one that a failure names.
 */
class CrashSimTest {

  private static final int KEYS = 24;
  private static final int STEPS = 40;
  private static final long SEEDS = Long.getLong("seeds", 10_000);
  private static final int THREADS = 2;

  /** A copy of the store that was told to be done, or may not be. */
  private record Copy(SimDisk disk, long sequence, boolean done) {}

  /** Each life ends with the store saying that the disk failed. */
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Store.class);

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOG.setLevel(null);
  }

  @Test
  void everyBatchIsWholeOrAbsentInThousandsOfLives() throws InterruptedException {
    Long only = Long.getLong("seed");
    var next = new AtomicLong(only == null ? 1 : only);
    long last = only == null ? SEEDS : only;
    var failures = new ConcurrentLinkedQueue<AssertionError>();
    List<Thread> threads = new ArrayList<>();
    long began = System.nanoTime();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (long seed = next.getAndIncrement();
                        seed <= last && failures.isEmpty();
                        seed = next.getAndIncrement()) {
                      try {
                        new Life(seed).run();
                      } catch (IOException | RuntimeException | AssertionError e) {
                        failures.add(new AssertionError("-Dseed=" + seed + " replays this", e));
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf(
        "SEEDS %d in %.1f s%n",
        Math.min(last, next.get()) - (only == null ? 0 : only - 1),
        (System.nanoTime() - began) / 1e9);
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
  }

  private static boolean isAcknowledged(CompletableFuture<Long> done) {
    return done.isDone() && !done.isCompletedExceptionally();
  }

  /** One seed. */
  private static final class Life {
    private final Random random;
    private final Model model = new Model();
    private final List<Copy> copies = new ArrayList<>();
    private final StoreOptions options;
    private int synced;

    Life(long seed) {
      this.random = new Random(seed * 0x9e3779b97f4a7c15L);
      // Every other life keeps segments for those who follow the log.
      this.options = EngineRun.TINY.withWalRetainBytes(seed % 2 * (128 << 10));
    }

    void run() throws IOException {
      SimDisk disk =
          new SimDisk(random.nextLong(), 1L << 30).losePowerAt(random.nextInt(6 * STEPS));
      live(disk);
      for (Copy copy : copies) {
        check(copy);
      }
      copies.clear();
      SimDisk second = disk.afterPowerLoss();
      if (random.nextInt(3) > 0) {
        second.losePowerAt(random.nextInt(3 * STEPS));
      }
      live(second);
      for (Copy copy : copies) {
        check(copy);
      }
      try (Engine engine = EngineRun.open(second.afterPowerLoss(), options)) {
        take(engine);
      }
    }

    /** Opens the store, checks it, works on it until the power fails or the work is done. */
    private void live(SimDisk disk) throws IOException {
      try (Engine engine = EngineRun.open(disk, options)) {
        take(engine);
        for (int step = 0; step < STEPS; step++) {
          step(engine, disk, step);
        }
      } catch (SimDisk.PowerLoss e) {
        assertThat(disk.isDead()).isTrue();
      } catch (StoreException e) {
        assertThat(e).hasRootCauseInstanceOf(SimDisk.PowerLoss.class);
      }
    }

    /** What is there is a prefix of the batches, with all that was acknowledged. */
    private void take(Engine engine) {
      int found = Model.count(engine);
      assertThat(found).as("batches found").isBetween(synced, model.size());
      assertThat(engine.lastSequence()).isEqualTo(found);
      Model.check(engine, model.after(found), -1, random, KEYS);
      model.cut(found);
      synced = found;
    }

    private void step(Engine engine, SimDisk disk, int step) throws IOException {
      switch (random.nextInt(14)) {
        case 0, 1 -> engine.flush();
        case 2, 3 -> engine.compact();
        case 4 -> engine.prepare();
        case 5 -> engine.rotate();
        case 6 -> {
          if (random.nextInt(3) == 0) {
            copy(engine, disk);
          }
        }
        default -> write(engine, disk, step == STEPS / 2 ? 40_000 : 400);
      }
    }

    private void copy(Engine engine, SimDisk disk) throws IOException {
      SimDisk target = disk.directory();
      copies.add(new Copy(target, 0, false));
      long sequence = engine.checkpoint(target, Optional.empty());
      copies.set(copies.size() - 1, new Copy(target, sequence, true));
    }

    private void write(Engine engine, SimDisk disk, int maxValue) throws IOException {
      List<WriteBatch> group = new ArrayList<>();
      List<Boolean> refused = new ArrayList<>();
      if (random.nextInt(3) == 0) {
        group.add(conditional(engine, model.next(random, engine, KEYS, maxValue), 0));
        refused.add(false);
      }
      // A group of many records takes another way into the memtable.
      int batches = 1 + random.nextInt(random.nextInt(8) == 0 ? 24 : 3);
      for (int left = batches; left > 0; left--) {
        boolean refuse = random.nextInt(8) == 0;
        refused.add(refuse);
        group.add(
            refuse
                ? conditional(
                    engine,
                    new WriteBatch().put(engine.index("a"), Model.key(1), new byte[] {66}),
                    1L << 40)
                : model.next(random, engine, KEYS, maxValue));
      }
      Durability durability = random.nextInt(3) > 0 ? Durability.SYNC : Durability.OS;
      List<CompletableFuture<Long>> done = EngineRun.write(engine, group, durability);
      boolean failed = engine.failure().isPresent() || disk.isDead();
      for (int i = 0; i < done.size() && !failed; i++) {
        assertThat(done.get(i).isCompletedExceptionally())
            .as("batch %s of a group was refused", i)
            .isEqualTo(refused.get(i));
      }
      // Whoever was told counts, though the power failed before all were.
      boolean told = done.stream().anyMatch(CrashSimTest::isAcknowledged);
      if (told && durability == Durability.SYNC) {
        synced = model.size();
      }
    }

    /** Expects a key as it is, or as it is not. */
    private WriteBatch conditional(Engine engine, WriteBatch batch, long wrong) {
      Index index = engine.index(Model.NAMES.get(random.nextInt(Model.NAMES.size())));
      byte[] key = Model.key(random.nextInt(KEYS));
      return batch.expect(
          index,
          key,
          wrong + engine.getVersioned(index, key, -1).map(Versioned::sequence).orElse(0L));
    }

    private void check(Copy copy) throws IOException {
      SimDisk found = copy.disk().afterPowerLoss();
      if (!copy.done() && found.list().isEmpty()) {
        return;
      }
      try (Engine engine = EngineRun.open(found, EngineRun.TINY)) {
        int count = Model.count(engine);
        if (copy.done()) {
          assertThat(count).as("batches in a checkpoint").isEqualTo((int) copy.sequence());
        }
        assertThat(count).isLessThanOrEqualTo(model.size());
        Model.check(engine, model.after(count), -1, random, KEYS);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("not finished");
        assertThat(copy.done()).as("a checkpoint that was done").isFalse();
      }
    }
  }
}
