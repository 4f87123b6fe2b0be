package io.troupe.bench.engine;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The same reads of whichever records. */
final class LookupWork {
  private static final int MAX_GETS = 500_000;

  private final Lookup lookup;
  private final int records;
  private final Duration limit;

  LookupWork(Lookup lookup, int records, Duration limit) {
    this.lookup = lookup;
    this.records = records;
    this.limit = limit;
  }

  List<Figure> gets() {
    Random random = new Random(11);
    Stopwatch watch = new Stopwatch(MAX_GETS, limit);
    while (watch.goesOn()) {
      byte[] key = Records.key(random.nextInt(records));
      watch.start();
      var found = lookup.get(key);
      watch.stop();
      WrongResult.unless(found.filter(v -> Records.isOf(key, v)).isPresent(), "a record is gone");
    }
    return List.of(
        new Figure("", Unit.OPERATIONS, watch.perSecond()),
        new Figure("p50", Unit.MICROSECONDS, watch.microsAt(0.5)),
        new Figure("p99", Unit.MICROSECONDS, watch.microsAt(0.99)));
  }

  List<Figure> scan() {
    int[] count = new int[1];
    long start = System.nanoTime();
    lookup.scan(
        (key, value) -> {
          WrongResult.unless(Records.isOf(key, value), "a value is of another key");
          count[0]++;
        });
    double seconds = (System.nanoTime() - start) / 1e9;
    WrongResult.unless(count[0] == records, count[0] + " records of " + records + " are there");
    return List.of(new Figure("", Unit.RECORDS, records / seconds));
  }
}
