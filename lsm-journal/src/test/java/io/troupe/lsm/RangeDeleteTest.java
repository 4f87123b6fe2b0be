package io.troupe.lsm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Delta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Deletes of ranges and counters where a model would not show what they cost, or what they refuse.
 */
class RangeDeleteTest {

  private final SimDisk disk = new SimDisk(1, 1L << 30);
  private Engine engine;
  private Index index;

  @BeforeEach
  void open() throws IOException {
    engine = EngineRun.open(disk, EngineRun.TINY);
    index = engine.index("a");
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  @Test
  void dropsTablesThatAreCoveredWithoutReadingThem() throws IOException {
    fill();
    long read = engine.stats(0).compactionReadBytes();
    long tables = engine.stats(0).tableBytes();

    write(new WriteBatch().deleteRange(index, key(0), key(5_000)));
    engine.rotate();
    EngineRun.settle(engine);

    assertThat(tables).isGreaterThan(60_000);
    assertThat(engine.stats(0).tableBytes()).isLessThan(2_000);
    assertThat(engine.stats(0).compactionReadBytes() - read).isLessThan(tables / 10);
    assertThat(keys(false)).isEmpty();
  }

  @Test
  void passesOverADeletedRangeInBothDirections() throws IOException {
    fill();
    write(new WriteBatch().deleteRange(index, key(3), key(1_990)));
    write(new WriteBatch().put(index, key(1_000), new byte[1]));
    write(new WriteBatch().deleteRange(index, key(1), key(4)).put(index, key(2), new byte[1]));
    List<String> expected = new ArrayList<>(List.of(name(0), name(2), name(1_000)));
    for (int i = 1_990; i < 2_000; i++) {
      expected.add(name(i));
    }
    int tables = engine.stats(0).tables();
    long before = blocks();

    assertThat(keys(false)).isEqualTo(expected);
    assertThat(keys(true)).isEqualTo(expected.reversed());

    assertThat(tables).isGreaterThan(40);
    assertThat(blocks() - before).isLessThan(tables);
  }

  @Test
  void theOrderWithinABatchCounts() throws IOException {
    write(new WriteBatch().put(index, key(1), new byte[1]).deleteRange(index, key(0), key(9)));
    assertThat(engine.get(index, key(1), -1)).isEmpty();

    write(
        new WriteBatch()
            .add(index, key(1), 5)
            .deleteRange(index, key(0), key(9))
            .add(index, key(1), 3)
            .add(index, key(1), 4)
            .delete(index, key(2))
            .add(index, key(2), 9)
            .put(index, key(3), Delta.value(20))
            .add(index, key(3), -1));
    assertThat(engine.get(index, key(1), -1)).hasValue(Delta.value(7));
    assertThat(engine.get(index, key(2), -1)).hasValue(Delta.value(9));
    assertThat(engine.get(index, key(3), -1)).hasValue(Delta.value(19));
  }

  @Test
  void refusesToAddToWhatIsNoNumber() throws IOException {
    write(new WriteBatch().put(index, key(1), new byte[7]));
    write(new WriteBatch().add(index, key(1), 1));

    for (int round = 0; round < 2; round++) {
      assertThatThrownBy(() -> engine.get(index, key(1), -1))
          .satisfies(RangeDeleteTest::isNoCounter);
      assertThatThrownBy(() -> keys(false)).satisfies(RangeDeleteTest::isNoCounter);
      assertThatThrownBy(() -> keys(true)).satisfies(RangeDeleteTest::isNoCounter);
      engine.rotate();
      EngineRun.settle(engine);
    }
    write(new WriteBatch().delete(index, key(1)).add(index, key(1), 2));
    assertThat(engine.get(index, key(1), -1)).hasValue(Delta.value(2));
    assertThatThrownBy(() -> new WriteBatch().put(index, key(1), new byte[7]).add(index, key(1), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAnEmptyRange() {
    assertThatThrownBy(() -> new WriteBatch().deleteRange(index, key(1), key(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aConditionSeesDeletesOfRanges() throws IOException {
    long first = write(new WriteBatch().put(index, key(1), new byte[1]));
    write(new WriteBatch().deleteRange(index, key(0), key(9)));

    assertThat(isRefused(first)).isTrue();
    engine.rotate();
    EngineRun.settle(engine);
    assertThat(isRefused(first)).isTrue();
    assertThat(isRefused(0)).isFalse();
  }

  private static void isNoCounter(Throwable e) {
    assertThat(e)
        .isInstanceOfSatisfying(
            StoreException.class,
            failed -> assertThat(failed.kind()).isEqualTo(StoreException.Kind.NO_COUNTER));
  }

  /** 2,000 keys, in tables of 1 KiB, with values that cannot be compressed. */
  private void fill() throws IOException {
    var random = new java.util.Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] value = new byte[40];
      random.nextBytes(value);
      write(new WriteBatch().put(index, key(i), value));
    }
    engine.rotate();
    EngineRun.settle(engine);
  }

  private long blocks() {
    return engine.stats(0).cacheMisses() + engine.stats(0).cacheHits();
  }

  private long write(WriteBatch batch) throws IOException {
    return EngineRun.write(engine, List.of(batch), Durability.OS).getFirst().join();
  }

  private boolean isRefused(long expected) throws IOException {
    WriteBatch batch =
        new WriteBatch().expect(index, key(1), expected).put(index, key(1), new byte[2]);
    CompletableFuture<Long> done =
        EngineRun.write(engine, List.of(batch), Durability.OS).getFirst();
    return done.isCompletedExceptionally();
  }

  private List<String> keys(boolean descending) {
    List<String> keys = new ArrayList<>();
    try (Cursor cursor = engine.cursor(index, KeyRange.all(), -1, descending)) {
      while (cursor.next()) {
        keys.add(new String(cursor.key(), UTF_8));
      }
    }
    return keys;
  }

  private static String name(int number) {
    return String.format("key%06d", number);
  }

  private static byte[] key(int number) {
    return name(number).getBytes(UTF_8);
  }
}
