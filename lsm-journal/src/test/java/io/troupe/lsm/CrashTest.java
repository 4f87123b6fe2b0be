package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power fails at every single write, sync and change of the directory of a workload that meets
 * every kind of file. Afterwards the store holds a prefix of the batches, each whole, with all that
 * was acknowledged as synced. {@code -Dseed=} replays one seed, {@code -Dseeds=} takes that many.
 */
class CrashTest {

  private static final int KEYS = 40;
  private static final List<Long> SEEDS =
      System.getProperty("seed") == null
          ? LongStream.rangeClosed(1, Long.getLong("seeds", 6)).boxed().toList()
          : List.of(Long.getLong("seed"));

  /** What a workload knows when it ended. */
  private record Outcome(SimDisk disk, Model model, int synced, int written) {}

  @Test
  void everyBatchIsWholeOrAbsentAfterAnyLossOfPower() throws IOException {
    for (long seed : SEEDS) {
      crashEverywhere(seed, SimDisk.Sync.HONEST);
    }
  }

  /** Each of these is a sync taken out of the engine. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HONEST")
  void noticesSyncsThatAreLeftOut(SimDisk.Sync sync) {
    assertThatThrownBy(
            () -> {
              for (long seed : SEEDS) {
                crashEverywhere(seed, sync);
              }
            })
        .isInstanceOfAny(AssertionError.class, CorruptionException.class, StoreException.class);
  }

  @Test
  void whatTheSystemTookSurvivesTheEndOfTheProcess() throws IOException {
    for (long seed : SEEDS) {
      long operations = run(seed, Long.MAX_VALUE, SimDisk.Sync.HONEST).disk().operations();
      for (long at = 0; at < operations; at += 7) {
        Outcome outcome = run(seed, at, SimDisk.Sync.HONEST);
        verify(outcome, outcome.disk().afterKill(), outcome.written(), seed, at);
      }
    }
  }

  /**
   * The next process reads what the system still has, and deletes what nobody needs by that; then
   * the power fails, and what had not been synced is not there any more.
   */
  @Test
  void aStartDeletesNothingOnTheWordOfWhatIsNotDurable() throws IOException {
    for (long seed : SEEDS) {
      long operations = run(seed, Long.MAX_VALUE, SimDisk.Sync.HONEST).disk().operations();
      for (long at = seed % 3; at < operations; at += 3) {
        Outcome outcome = run(seed, at, SimDisk.Sync.HONEST);
        SimDisk killed = outcome.disk().afterKill();
        killed.losePowerAt(new Random(seed ^ at).nextInt(30));
        try {
          EngineRun.open(killed, EngineRun.TINY).close();
        } catch (SimDisk.PowerLoss e) {
          assertThat(killed.isDead()).isTrue();
        }
        verify(outcome, killed.afterPowerLoss(), outcome.synced(), seed, at);
      }
    }
  }

  private static void crashEverywhere(long seed, SimDisk.Sync sync) throws IOException {
    Outcome whole = run(seed, Long.MAX_VALUE, sync);
    verify(whole, whole.disk().afterPowerLoss(), whole.synced(), seed, -1);
    for (long at = 0; at < whole.disk().operations(); at++) {
      Outcome outcome = run(seed, at, sync);
      verify(outcome, outcome.disk().afterPowerLoss(), outcome.synced(), seed, at);
    }
  }

  private static void verify(Outcome outcome, SimDisk disk, int atLeast, long seed, long at)
      throws IOException {
    var random = new Random(seed ^ at);
    SimDisk second = disk;
    try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
      int found = Model.count(engine);
      assertThat(disk.list().stream().filter(name -> name.endsWith(".sst")))
          .as("nothing is left over")
          .hasSize(engine.stats(0).tables());
      assertThat(found)
          .as("seed %s, power lost at %s", seed, at)
          .isBetween(atLeast, outcome.model().size());
      Model.check(engine, outcome.model().after(found), -1, random, KEYS);

      // The power fails again, while the store goes on with what it found.
      outcome.model().cut(found);
      disk.losePowerAt(disk.operations() + random.nextInt(60));
      int synced = found;
      try {
        for (int i = 0; i < 8; i++) {
          if (EngineRun.write(
                  engine, List.of(outcome.model().next(random, engine, KEYS, 300)), Durability.SYNC)
              .stream()
              .noneMatch(CompletableFuture::isCompletedExceptionally)) {
            synced = outcome.model().size();
          }
          engine.flush();
          engine.compact();
        }
      } catch (IOException e) {
        assertThat(disk.isDead()).isTrue();
      }
      second = disk.afterPowerLoss();
      try (Engine again = EngineRun.open(second, EngineRun.TINY)) {
        int foundAgain = Model.count(again);
        assertThat(foundAgain)
            .as("seed %s, power lost at %s and again", seed, at)
            .isBetween(synced, outcome.model().size());
        Model.check(again, outcome.model().after(foundAgain), -1, random, KEYS);
      }
    } catch (SimDisk.PowerLoss e) {
      assertThat(second).isNotSameAs(disk); // closing the engine on the dead disk
    }
  }

  private static Outcome run(long seed, long powerLossAt, SimDisk.Sync sync) throws IOException {
    var random = new Random(seed);
    SimDisk disk =
        new SimDisk(seed * 31 + powerLossAt, 1L << 30).losePowerAt(powerLossAt).syncing(sync);
    var model = new Model();
    int synced = 0;
    int written = 0;
    try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
      for (int step = 0; step < 90; step++) {
        switch (random.nextInt(12)) {
          case 0, 1 -> engine.flush();
          case 2, 3 -> engine.compact();
          case 4 -> engine.prepare();
          default -> {
            List<WriteBatch> group = new ArrayList<>();
            for (int left = 1 + random.nextInt(3); left > 0; left--) {
              group.add(model.next(random, engine, KEYS, step % 20 == 0 ? 40_000 : 300));
            }
            // In turns synced often and seldom: the log has other segments then.
            boolean often = (step / 30 + seed) % 2 == 0;
            Durability durability =
                random.nextInt(often ? 3 : 16) < (often ? 2 : 1) ? Durability.SYNC : Durability.OS;
            List<CompletableFuture<Long>> done = EngineRun.write(engine, group, durability);
            if (done.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
              written = model.size();
              synced = durability == Durability.SYNC ? written : synced;
            }
          }
        }
      }
    } catch (SimDisk.PowerLoss e) {
      assertThat(disk.isDead()).isTrue();
    }
    return new Outcome(disk, model, synced, written);
  }
}
