package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.wal.WalReplay;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The power fails at any point of a start, which cleans up after an earlier loss of power. */
class RestartTest {

  private static final int BATCHES = 400;
  private static final int FATES = 40;

  private static final StoreOptions ONE_MEMTABLE =
      new StoreOptions(64 << 10, 2 << 20, 1 << 20, 8 << 10, 3, 1 << 20, 0, 0, 3);

  /**
   * They are numbered in a row: if one went and the one behind it stayed, no start would follow.
   */
  @Test
  void segmentsThatNothingWasWrittenToGoFromTheLastOneOn() throws IOException {
    SimDisk disk = withTwoUnusedSegments();
    boolean interrupted = true;
    for (long at = 0; interrupted; at++) {
      for (int fate = 0; fate < FATES; fate++) {
        SimDisk each = disk.afterPowerLoss().losePowerAt(at);
        interrupted = isInterrupted(each);
        try (Engine engine = EngineRun.open(each.afterPowerLoss(), EngineRun.TINY)) {
          assertThat(engine.lastSequence()).as("interrupted at %s", at).isEqualTo(BATCHES);
        }
      }
    }
  }

  private static SimDisk withTwoUnusedSegments() throws IOException {
    var disk = new SimDisk(1, 1L << 30);
    Engine engine = EngineRun.open(disk, ONE_MEMTABLE);
    for (int i = 0; i < BATCHES; i++) {
      var batch = new WriteBatch().put(engine.index("a"), new byte[] {(byte) i}, new byte[1_000]);
      EngineRun.write(engine, List.of(batch), Durability.SYNC);
    }
    engine.rotate(); // all segments become free at once
    EngineRun.settle(engine);
    SimDisk second = disk.afterKill();
    long used = WalReplay.segments(second).getLast();
    // One that is there to be used again is made ready at once, though nothing was written yet.
    Engine idle = EngineRun.open(second, EngineRun.TINY);
    idle.prepare();
    SimDisk found = second.afterKill();
    found.sync();
    assertThat(WalReplay.segments(found).stream().filter(number -> number >= used).count())
        .as("unused segments")
        .isGreaterThanOrEqualTo(2);
    return found;
  }

  private static boolean isInterrupted(SimDisk disk) {
    try {
      EngineRun.open(disk, EngineRun.TINY).close();
      return false;
    } catch (IOException e) {
      assertThat(e).isInstanceOf(SimDisk.PowerLoss.class);
      return true;
    }
  }
}
