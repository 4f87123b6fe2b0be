package io.troupe.lsm.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many seeds of {@link LogSim}; {@code -Dtroupe.sim.seeds=} for more, {@code -Dtroupe.sim.first=}
 * to run a seed again.
 */
final class ReplicatedLogSimTest {

  private static final int STEPS = 2_000;
  private static final long SEEDS = Long.getLong("troupe.sim.seeds", 50_000);
  private static final long FIRST = Long.getLong("troupe.sim.first", 0);

  private static void run(long seed, SimMutant mutant, AtomicLong committed, AtomicLong served) {
    try {
      var sim = new LogSim(seed, mutant);
      sim.run(STEPS);
      sim.healAndCheck();
      committed.addAndGet(sim.committed());
      served.addAndGet(sim.served());
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  @Test
  void whatIsCommittedStaysWhateverHappens() {
    var committed = new AtomicLong();
    var served = new AtomicLong();

    LongStream.range(FIRST, FIRST + SEEDS)
        .parallel()
        .forEach(seed -> run(seed, SimMutant.NONE, committed, served));

    // Otherwise the faults left no room for anything to go wrong.
    assertThat(committed.get()).isGreaterThan(5 * SEEDS);
    assertThat(served.get()).isGreaterThan(SEEDS);
  }

  @ParameterizedTest
  @EnumSource(value = SimMutant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aBrokenRuleIsNoticed(SimMutant mutant) {
    assertThatThrownBy(
            () ->
                LongStream.range(0, 20_000)
                    .forEach(seed -> run(seed, mutant, new AtomicLong(), new AtomicLong())))
        .isInstanceOf(AssertionError.class);
  }
}
