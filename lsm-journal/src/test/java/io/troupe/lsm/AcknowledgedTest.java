package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.wal.WalReplay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the disk at the moment in which somebody is told that a batch is done. */
class AcknowledgedTest {

  private static final String LOG = "wal-";
  private static final long INTERVAL_NANOS = 1_000;

  /** A memtable that takes several segments. */
  private static final StoreOptions OPTIONS =
      new StoreOptions(64 << 10, 1 << 20, 1 << 20, 8 << 10, 3, 1 << 10, 0)
          .withSyncIntervalNanos(INTERVAL_NANOS);

  private final AtomicLong clock = new AtomicLong(7);
  private final SimDisk disk = new SimDisk(1, 64 << 20);
  private Engine engine;
  private Index index;
  private int number;

  @BeforeEach
  void open() throws IOException {
    engine = Engine.open(disk, OPTIONS, EngineRun.NONE, clock::get);
    index = engine.index("a");
    commit(1, Durability.SYNC);
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  /** Groups of many records go into the memtable while they are synced. */
  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 100})
  void aSyncedBatchIsDurable(int records) {
    for (int round = 0; round < 3; round++) {
      assertThat(commit(records, Durability.OS)).as("the log has unsynced bytes").isTrue();
      assertThat(commit(records, Durability.SYNC)).isFalse();
    }
  }

  @Test
  void oneBatchOfAGroupThatIsToBeSyncedMakesTheOthersDurable() throws IOException {
    List<Boolean> unsynced = new ArrayList<>();
    List<Commit> group = new ArrayList<>();
    for (Durability durability :
        List.of(Durability.OS, Durability.SYNC, Durability.INTERVAL, Durability.OS)) {
      group.add(commit(batch(1), durability, unsynced));
    }
    engine.write(group);

    assertThat(unsynced).containsExactly(false, false, false, false);
    assertThat(engine.nanosToSync()).as("nothing is left to be synced").isEqualTo(-1);
  }

  @Test
  void theIntervalCountsFromTheFirstBatchThatIsNotSynced() {
    assertThat(engine.nanosToSync()).isEqualTo(-1);
    assertThat(commit(1, Durability.INTERVAL)).isTrue();
    clock.addAndGet(INTERVAL_NANOS - 1);
    assertThat(commit(1, Durability.INTERVAL)).isTrue();
    assertThat(engine.nanosToSync()).isEqualTo(1);
    engine.syncIfDue();
    assertThat(disk.hasUnsynced(LOG)).isTrue();
    clock.incrementAndGet();
    assertThat(engine.nanosToSync()).isZero();
    engine.syncIfDue();

    assertThat(disk.hasUnsynced(LOG)).isFalse();
    assertThat(engine.nanosToSync()).isEqualTo(-1);
  }

  @Test
  void aGroupAfterTheIntervalIsSyncedWhateverItAsksFor() {
    commit(1, Durability.INTERVAL);
    clock.addAndGet(INTERVAL_NANOS);

    assertThat(commit(1, Durability.OS)).isFalse();
    assertThat(engine.nanosToSync()).isEqualTo(-1);
  }

  @Test
  void aBatchForTheSystemAloneIsNeverDue() {
    commit(1, Durability.OS);
    clock.addAndGet(5 * INTERVAL_NANOS);

    assertThat(engine.nanosToSync()).isEqualTo(-1);
  }

  @Test
  void aMemtableIsFrozenWithAllOfItDurable() throws IOException {
    assertThat(commit(1, Durability.OS)).isTrue();

    engine.rotate();

    assertThat(disk.hasUnsynced(LOG)).isFalse();
  }

  @Test
  void aSegmentIsLeftWithAllOfItDurable() throws IOException {
    long first = newest();
    while (newest() == first) {
      commit(20, Durability.OS);
    }

    for (String name : disk.list()) {
      assertThat(name.startsWith(LOG) && !name.equals(name(newest())) && disk.hasUnsynced(name))
          .as(name)
          .isFalse();
    }
  }

  /** Whether the log had unsynced bytes when it was told that the batch is done. */
  private boolean commit(int records, Durability durability) {
    List<Boolean> unsynced = new ArrayList<>();
    engine.write(List.of(commit(batch(records), durability, unsynced)));
    assertThat(unsynced).as("told once").hasSize(1);
    return unsynced.getFirst();
  }

  private Commit commit(WriteBatch batch, Durability durability, List<Boolean> unsynced) {
    var done = new CompletableFuture<Long>();
    var told = done.thenAccept(sequence -> unsynced.add(disk.hasUnsynced(LOG)));
    assertThat(told).isNotDone();
    return new Commit(batch, durability, done);
  }

  private WriteBatch batch(int records) {
    var batch = new WriteBatch();
    for (int i = 0; i < records; i++) {
      number++;
      batch.put(index, new byte[] {(byte) (number >>> 8), (byte) number}, new byte[30]);
    }
    return batch;
  }

  private long newest() throws IOException {
    return WalReplay.segments(disk).getLast();
  }

  private static String name(long segment) {
    return WalReplay.fileName(segment);
  }
}
