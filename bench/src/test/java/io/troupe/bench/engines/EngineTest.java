package io.troupe.bench.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.troupe.bench.report.WrongResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each engine behaves as a sorted map, also after it was opened again. */
final class EngineTest {
  private static final long RECORDS = 5_000;
  private static final int BATCH = 100;

  @TempDir Path dir;

  private Setup setup(EngineKind kind, boolean sync) {
    Optional<Path> babudb = Optional.ofNullable(System.getProperty("babudb.jar")).map(Path::of);
    assumeTrue(kind != EngineKind.BABUDB || babudb.isPresent(), "-Dbabudb.jar=JAR is not given");
    return new Setup(kind, dir.resolve(kind.label()), sync, 4 << 20, RECORDS, 0.02, babudb);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOG")
  void isASortedMap(EngineKind kind) throws Exception {
    DataSet data = new DataSet(RECORDS);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);

    try (Engine engine = setup(kind, false).open()) {
      for (long i = 0; i < RECORDS; i += BATCH) {
        engine.write(next(data, i, model));
      }
      compare(engine, data, model);
      engine.settle();
      compare(engine, data, model);
    }

    try (Engine again = setup(kind, true).open()) {
      compare(again, data, model);
      again.write(next(data, 0, model));
      again.submit(next(data, BATCH, model)).toCompletableFuture().join();
      compare(again, data, model);
    }
  }

  /** Puts records, takes every third one of the batch before away, and one that is not there. */
  private static Batch next(DataSet data, long first, NavigableMap<byte[], byte[]> model) {
    Batch batch = new Batch();
    for (long i = first; i < first + BATCH; i++) {
      long record = data.shuffled(i);
      batch.put(data.key(record), Bytes.value(record));
      if (i >= BATCH && i % 3 == 0) {
        batch.delete(data.key(data.shuffled(i - BATCH)));
      }
    }
    batch.delete(data.absentKey(first));
    for (Batch.Operation o : batch.operations()) {
      byte[] value = o.value();
      if (value == null) {
        model.remove(o.key());
      } else {
        model.put(o.key(), value);
      }
    }
    return batch;
  }

  private static void compare(Engine engine, DataSet data, NavigableMap<byte[], byte[]> model)
      throws Exception {
    for (long i = 0; i < RECORDS; i++) {
      assertThat(engine.get(data.key(i))).isEqualTo(model.get(data.key(i)));
    }
    assertThat(engine.get(data.absentKey(7))).isNull();
    compareRange(engine, new byte[] {0}, Bytes.behind(new byte[0]), model);
    for (DataSet.Directories all : List.of(data.small, data.middle, data.big)) {
      byte[] prefix = DataSet.prefix(all.firstDirectory());
      compareRange(engine, prefix, Bytes.behind(prefix), model);
    }
    byte[] nothing = DataSet.prefix(1L << 40);
    compareRange(engine, nothing, Bytes.behind(nothing), model);
  }

  private static void compareRange(
      Engine engine, byte[] from, byte[] to, NavigableMap<byte[], byte[]> model) throws Exception {
    List<byte @Nullable []> found = new ArrayList<>();
    engine.scan(
        from,
        to,
        (key, value) -> {
          found.add(key);
          found.add(value);
        });
    List<byte[]> expected = new ArrayList<>();
    model
        .subMap(from, to)
        .forEach(
            (key, value) -> {
              expected.add(key);
              expected.add(value);
            });
    assertThat(found).usingElementComparator(Arrays::compareUnsigned).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatSeveralThreadsWrite(EngineKind kind) throws Exception {
    Journal journal = new Journal();
    int threads = 4;

    try (Engine engine = setup(kind, true).open()) {
      double unused =
          Crew.run(
              threads,
              0,
              (thread, deadline) -> {
                for (long n = 0; n < 200; n += 10) {
                  engine.write(journal.batch(thread, n, 10));
                }
                return 200;
              });

      Check check = kind == EngineKind.LOG ? Check.unordered() : Check.ordered();
      engine.scan(new byte[] {0}, Bytes.behind(new byte[0]), check);
      long sum = 0;
      for (long entity = 0; entity < threads; entity++) {
        for (long n = 0; n < 200; n++) {
          sum += Journal.sumOf(entity, n);
        }
      }
      check.came("all", threads * 200L, sum);
    }
  }

  @Test
  void tellsWhatIsWrong() {
    Check check = Check.ordered();
    check.accept(new byte[] {2}, Bytes.value(1));

    assertThatThrownBy(() -> check.accept(new byte[] {2}, Bytes.value(2)))
        .isInstanceOf(WrongResult.class);
    assertThatThrownBy(() -> check.counted("all", 2)).isInstanceOf(WrongResult.class);
    assertThatThrownBy(() -> check.came("all", 1, 5)).isInstanceOf(WrongResult.class);
  }

  @Test
  void ordersAllRecordsAnew() {
    DataSet data = new DataSet(RECORDS);
    boolean[] seen = new boolean[(int) RECORDS];
    for (long i = 0; i < RECORDS; i++) {
      seen[(int) data.shuffled(i)] = true;
    }

    assertThat(seen).doesNotContain(false);
  }
}
