package io.troupe.lsm.group;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.troupe.lsm.Store;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Many seeds of {@link GroupSim}; {@code -Dtroupe.sim.seeds=} for more, {@code -Dtroupe.sim.first=}
 * to run a seed again.
 */
final class GroupSimTest {

  private static final int STEPS = 800;
  private static final long SEEDS = Long.getLong("troupe.sim.seeds", 1_000);
  private static final long FIRST = Long.getLong("troupe.sim.first", 0);

  /** Each loss of power ends with a store that says that the disk failed. */
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Store.class);

  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong installed = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOG.setLevel(null);
  }

  private void run(long seed) {
    try {
      var sim = new GroupSim(seed);
      sim.run(STEPS);
      sim.healAndCheck();
      applied.addAndGet(sim.truth().size());
      acknowledged.addAndGet(sim.truth().acknowledged());
      served.addAndGet(sim.truth().served());
      installed.addAndGet(sim.installations());
      finished.addAndGet(sim.finishedAtStart());
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  @Test
  void whatIsAcknowledgedIsInEveryStateWhateverHappens() {
    long began = System.nanoTime();
    LongStream.range(FIRST, FIRST + SEEDS).parallel().forEach(this::run);

    System.out.printf(
        "SEEDS %d in %.1f s: %s applied, %s acknowledged, %s served, %s installed (%s at a start)%n",
        SEEDS,
        (System.nanoTime() - began) / 1e9,
        applied,
        acknowledged,
        served,
        installed,
        finished);
    // Otherwise the faults left no room for anything to go wrong.
    if (SEEDS > 100) {
      assertThat(acknowledged.get()).isGreaterThan(8 * SEEDS);
      assertThat(served.get()).isGreaterThan(SEEDS);
      assertThat(installed.get()).isGreaterThan(SEEDS / 2);
      assertThat(finished.get()).isGreaterThan(SEEDS / 40);
    }
  }
}
