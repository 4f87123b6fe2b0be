package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.util.SplittableRandom;

/** What a get, an entry of a scan and an append cost in the data set, for the curve over sizes. */
final class GrowthWork implements Work {
  private static final long JOURNAL = 1L << 40;
  private static final int BATCH = 10;

  static final String GET = "get";
  static final String SCAN = "scan, an entry";
  static final String APPEND = "append, a record";

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    DataSet data = new DataSet(setup.records());
    Journal journal = new Journal();
    try (Engine engine = setup.open()) {
      engine.settle();
      measure(setup, figures, GET, (t, end) -> gets(engine, data, end));
      measure(setup, figures, SCAN, (t, end) -> scans(engine, data, end));
      measure(setup, figures, APPEND, (t, end) -> appends(engine, journal, end));
    }
  }

  private static void measure(Setup setup, Figures figures, String name, Crew.Part part)
      throws Exception {
    double unused = Crew.run(1, setup.nanos(2), part);
    figures.add(name, Unit.MICROSECONDS, 1e6 / Crew.run(1, setup.nanos(1), part));
  }

  private static long gets(Engine engine, DataSet data, long deadline) throws Exception {
    SplittableRandom random = new SplittableRandom(deadline);
    long done = 0;
    for (; System.nanoTime() < deadline; done++) {
      long number = random.nextLong(data.records);
      byte[] value = engine.get(data.key(number));
      WrongResult.unless(
          value != null && Bytes.sum(value) == Bytes.sumOf(number), "a record is gone");
    }
    return done;
  }

  private static long scans(Engine engine, DataSet data, long deadline) throws Exception {
    SplittableRandom random = new SplittableRandom(deadline);
    Check check = Check.unordered();
    long entries = 0;
    while (System.nanoTime() < deadline) {
      long directory = data.middle.firstDirectory() + random.nextInt(data.middle.count());
      byte[] prefix = DataSet.prefix(directory);
      engine.scan(prefix, Bytes.behind(prefix), check);
      entries += data.middle.size();
    }
    check.counted("scans", entries);
    return entries;
  }

  private static long appends(Engine engine, Journal journal, long deadline) throws Exception {
    long first = System.nanoTime();
    long done = 0;
    for (; System.nanoTime() < deadline; done += BATCH) {
      engine.write(journal.batch(JOURNAL, first + done, BATCH));
    }
    return done;
  }
}
