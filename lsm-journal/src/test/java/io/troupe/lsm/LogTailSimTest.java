package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.wal.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Tails of all kinds beside random work on a store whose power fails: each gets every batch once
 * and in order, and a durable one nothing that is lost later.
 */
class LogTailSimTest {

  private static final int SEEDS = 150;
  private static final int LIVES = 3;
  private static final int STEPS = 120;
  private static final StoreOptions OPTIONS = EngineRun.TINY.withWalRetainBytes(64 << 10);

  private int delivered;
  private int compacted;
  private int losses;

  /** Most lives end with the store saying that the disk failed. */
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
  void everyTailGetsEveryBatchOnceAndInOrder() throws IOException {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Run(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(delivered).isGreaterThan(10_000);
    assertThat(compacted).isGreaterThan(10);
    assertThat(losses).isGreaterThan(SEEDS);
  }

  private final class Run {
    private final Random random;
    private final List<List<String>> written = new ArrayList<>();
    private long safe; // a durable tail delivered up to here

    Run(long seed) {
      this.random = new Random(seed * 0x9e3779b97f4a7c15L);
    }

    void run() throws IOException {
      var disk = new SimDisk(random.nextLong(), 1L << 30);
      for (int life = 0; life < LIVES; life++) {
        disk.losePowerAt(disk.operations() + random.nextInt(10 * STEPS));
        try (Engine engine = EngineRun.open(disk, OPTIONS)) {
          assertThat(engine.lastSequence()).isBetween(safe, (long) written.size());
          written.subList((int) engine.lastSequence(), written.size()).clear();
          live(engine, disk);
        } catch (SimDisk.PowerLoss e) {
          assertThat(disk.isDead()).isTrue();
        } catch (StoreException e) {
          assertThat(e).hasRootCauseInstanceOf(SimDisk.PowerLoss.class);
        }
        if (disk.isDead()) {
          disk = disk.afterPowerLoss();
          losses++;
        }
      }
    }

    private void live(Engine engine, SimDisk disk) throws IOException {
      List<LogTail> tails = new ArrayList<>();
      List<Boolean> durable = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        durable.add(i % 2 == 0);
        tails.add(tail(engine, durable.get(i)));
      }
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(12)) {
          case 0 -> engine.flush();
          case 1 -> EngineRun.settle(engine);
          case 2 -> engine.rotate();
          case 3 -> engine.prepare();
          case 4, 5, 6 -> {
            int one = random.nextInt(3); // the last one waits until the end
            poll(engine, tails, durable, one, random.nextInt(30));
          }
          default -> write(engine, disk);
        }
      }
      for (int i = 0; i < tails.size(); i++) {
        poll(engine, tails, durable, i, Integer.MAX_VALUE);
        if (!durable.get(i)) {
          assertThat(tails.get(i).position()).isEqualTo(written.size() + 1L);
        }
        tails.get(i).close();
      }
    }

    private LogTail tail(Engine engine, boolean durable) {
      return engine.tail(1 + random.nextInt(written.size() + 1), durable, () -> {});
    }

    private void poll(Engine engine, List<LogTail> tails, List<Boolean> durable, int i, int most) {
      for (int left = most; left > 0; left--) {
        long next = tails.get(i).position();
        Optional<LoggedBatch> polled;
        try {
          polled = tails.get(i).poll();
        } catch (StoreException e) {
          if (e.kind() == StoreException.Kind.FAILED) {
            throw e; // the power is gone
          }
          assertThat(e.kind()).isEqualTo(StoreException.Kind.COMPACTED);
          assertThat(e).hasMessageContaining("batch " + next + " ");
          compacted++;
          tails.get(i).close();
          tails.set(i, engine.tail(written.size() + 1L, durable.get(i), () -> {}));
          continue;
        }
        if (polled.isEmpty()) {
          return;
        }
        LoggedBatch batch = polled.get();
        assertThat(batch.sequence()).isEqualTo(next);
        assertThat(batch.operations().stream().map(Run::text).toList())
            .isEqualTo(written.get((int) next - 1));
        delivered++;
        safe = durable.get(i) ? Math.max(safe, next) : safe;
      }
    }

    private void write(Engine engine, SimDisk disk) throws IOException {
      List<WriteBatch> group = new ArrayList<>();
      for (int left = 1 + random.nextInt(3); left > 0; left--) {
        group.add(batch(engine));
      }
      List<CompletableFuture<Long>> acknowledged =
          EngineRun.write(engine, group, random.nextInt(3) == 0 ? Durability.SYNC : Durability.OS);
      disk.list(); // unless the power is gone
      acknowledged.forEach(done -> assertThat(done).isCompleted());
    }

    private WriteBatch batch(Engine engine) {
      var batch = new WriteBatch();
      List<String> operations = new ArrayList<>();
      // Each number once: a batch logs one operation for all that it adds to a counter.
      int number = -1;
      for (int left = 1 + random.nextInt(3); left > 0; left--) {
        number += 1 + random.nextInt(7);
        byte[] key = ByteBuffer.allocate(4).putInt(number).array();
        byte[] end = ByteBuffer.allocate(4).putInt(number + 1 + random.nextInt(3)).array();
        byte[] value = new byte[random.nextInt(1_500)];
        random.nextBytes(value);
        Index index = engine.index(random.nextBoolean() ? "a" : "b");
        // Of its own: what a batch puts into a range that it deletes later is not logged as a put.
        Index ranges = engine.index("r");
        Index counters = engine.index("c");
        switch (random.nextInt(5)) {
          case 0 -> {
            batch.delete(index, key);
            operations.add(text(index, Kind.DELETE, key, new byte[0]));
          }
          case 1 -> {
            batch.deleteRange(ranges, key, end);
            operations.add(text(ranges, Operations.DELETE_RANGE, key, end));
          }
          case 2 -> {
            batch.add(counters, key, number);
            byte[] added = ByteBuffer.allocate(8).putLong(number).array();
            operations.add(text(counters, Kind.MERGE, key, added));
          }
          default -> {
            batch.put(index, key, value);
            operations.add(text(index, Kind.PUT, key, value));
          }
        }
      }
      written.add(operations);
      return batch;
    }

    private static String text(LoggedBatch.Operation operation) {
      return text(operation.index(), operation.kind(), operation.key(), operation.value());
    }

    private static String text(Index index, byte kind, byte[] key, byte[] value) {
      var hex = HexFormat.of();
      return index.name() + " " + kind + " " + hex.formatHex(key) + " " + hex.formatHex(value);
    }
  }
}
