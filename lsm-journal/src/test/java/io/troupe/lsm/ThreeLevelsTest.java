package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.compaction.Compaction;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A store so large that level 0 is merged into a level with another one below it, which has what
 * was deleted: small stores only ever merge into the last level.
 */
class ThreeLevelsTest {

  private static final int LAST = Version.LEVELS - 1;
  private static final int KEYS = 3_000;

  private final SimDisk disk = new SimDisk(1, 1L << 30);
  private final Random random = new Random(5);
  private Engine engine;
  private Index index;

  @BeforeEach
  void fillTheLastLevel() throws IOException {
    engine = EngineRun.open(disk, EngineRun.TINY);
    index = engine.index("a");
    for (int i = 0; i < KEYS; i++) {
      write(put(i));
    }
    engine.rotate();
    EngineRun.settle(engine);
    assertThat(engine.stats(0).levels())
        .as("the last level has nearly everything")
        .anySatisfy(
            level -> {
              assertThat(level.level()).isEqualTo(LAST);
              assertThat(level.bytes()).isGreaterThan(100_000);
            });
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  @Test
  void deletesStayAboveWhatTheyHide() throws IOException {
    assertThat(mergesBetween()).as("merges into a level above the last one").isPositive();
  }

  /** Tables on level 0 that overlap each other, all with deletes; one compaction at a time. */
  private int mergesBetween() throws IOException {
    int between = 0;
    for (int table = 0; table < 5; table++) {
      write(new WriteBatch().delete(index, key(5)).deleteRange(index, key(20), key(23)));
      write(put(4));
      for (int i = 30; i < 60; i++) {
        write(put(i));
      }
      engine.rotate();
      while (engine.flush() == Engine.Step.MORE) {
        check();
      }
      for (Optional<CompactionJob> job = engine.compactor().begin();
          job.isPresent();
          job = engine.compactor().begin()) {
        Compaction compaction = job.get().compaction();
        if (compaction.kind() == Compaction.Kind.MERGE
            && compaction.level() == 0
            && compaction.outputLevel() < LAST) {
          between++;
        }
        engine.compactor().finish(job.get());
        check();
      }
    }
    return between;
  }

  private void check() {
    for (int key : new int[] {5, 20, 21, 22}) {
      assertThat(engine.get(index, key(key), -1)).as("key %s", key).isEmpty();
    }
    for (int key : new int[] {4, 6, 9, 19, 23}) {
      assertThat(engine.get(index, key(key), -1)).as("key %s", key).isPresent();
    }
  }

  private WriteBatch put(int number) {
    byte[] value = new byte[40]; // that does not become small
    random.nextBytes(value);
    return new WriteBatch().put(index, key(number), value);
  }

  private void write(WriteBatch batch) throws IOException {
    assertThat(EngineRun.write(engine, List.of(batch), Durability.OS).getFirst()).isCompleted();
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }
}
