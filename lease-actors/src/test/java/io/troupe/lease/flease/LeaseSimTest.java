package io.troupe.lease.flease;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lease.flease.Rules.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The protocol in the simulator. {@code -Dseed=} replays one seed, {@code -Dlease.steps=} runs
 * longer, from {@code -Dlease.first-seed=} on.
 */
final class LeaseSimTest {
  private static final long STEPS_OF_A_SEED = 20_000;
  private static final long STEPS = Long.getLong("lease.steps", 10_000_000);
  private static final long FIRST_SEED = Long.getLong("lease.first-seed", 1);

  /** So many steps show what a rule is for. */
  private static final long STEPS_OF_A_MUTANT = 10_000_000;

  private static LeaseSim run(long seed, Rules rules) {
    LeaseSim sim = new LeaseSim(seed, rules);
    try {
      sim.run(STEPS_OF_A_SEED);
    } catch (LeaseSim.Violation e) {
      throw new LeaseSim.Violation("seed " + seed + ": " + e.getMessage());
    }
    return sim;
  }

  @ParameterizedTest(name = "ballots that follow no clock: {0}")
  @ValueSource(booleans = {false, true})
  void neverTwoHoldersAndAlwaysOneWhenAllIsWell(boolean countingBallots) {
    Rules rules = countingBallots ? Rules.ALL.countingBallots() : Rules.ALL;
    Long seed = Long.getLong("seed");
    if (seed != null) {
      run(seed, rules);
      return;
    }
    long steps = 0;
    long holders = 0;
    for (long i = FIRST_SEED; steps < STEPS / 2; i++) {
      LeaseSim sim = run(i, rules);
      steps += sim.steps();
      holders += sim.holders();
    }
    System.out.printf("%,d steps, %,d holders%n", steps, holders);
    // A simulation in which nothing happens shows nothing.
    assertThat(holders).isGreaterThan(steps / 2000);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void eachRuleIsNeeded(Rule rule) {
    // Both kinds of ballots: what one of them hides the other shows.
    for (long i = 0; i < STEPS_OF_A_MUTANT / STEPS_OF_A_SEED; i++) {
      Rules rules = i % 2 == 0 ? Rules.without(rule) : Rules.without(rule).countingBallots();
      try {
        run(i, rules);
      } catch (LeaseSim.Violation found) {
        if (found.isOfSafety()) {
          System.out.println(rule + ": " + found.getMessage());
          return;
        }
      }
    }
    throw new AssertionError("nothing happens without " + rule);
  }

  @Test
  void aSeedReplays() {
    assertThat(run(7, Rules.ALL).holders()).isEqualTo(run(7, Rules.ALL).holders());
  }
}
