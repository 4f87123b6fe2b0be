package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import java.util.SplittableRandom;

/** Lists directories of three sizes, each with all of its values. */
final class ScanWork implements Work {
  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    DataSet data = new DataSet(setup.records());
    try (Engine engine = setup.open()) {
      engine.settle();
      verify(engine, data, data.small);
      verify(engine, data, data.middle);
      verify(engine, data, data.big);
      measure(setup, figures, engine, data.small);
      measure(setup, figures, engine, data.middle);
      measure(setup, figures, engine, data.big);
    }
  }

  private static void verify(Engine engine, DataSet data, DataSet.Directories all)
      throws Exception {
    for (int i = 0; i < all.count(); i += Math.max(1, all.count() / 100)) {
      Check check = Check.ordered();
      scan(engine, all, i, check);
      check.came("directory " + i + " of " + all.size(), all.size(), data.sumOf(all, i));
    }
  }

  private static void scan(Engine engine, DataSet.Directories all, int which, Check check)
      throws Exception {
    byte[] prefix = DataSet.prefix(all.firstDirectory() + which);
    engine.scan(prefix, Bytes.behind(prefix), check);
  }

  private static void measure(Setup setup, Figures figures, Engine engine, DataSet.Directories all)
      throws Exception {
    double unused = rate(engine, all, setup.nanos(0.7));
    figures.add(
        "scan of " + label(all.size()) + " entries",
        Unit.ENTRIES,
        rate(engine, all, setup.nanos(1)));
  }

  private static String label(int size) {
    return size == 100_000 ? "100k" : String.valueOf(size);
  }

  private static double rate(Engine engine, DataSet.Directories all, long nanos) throws Exception {
    SplittableRandom random = new SplittableRandom(all.size());
    return Crew.run(
        1,
        nanos,
        (thread, deadline) -> {
          Check check = Check.unordered();
          long entries = 0;
          do {
            scan(engine, all, random.nextInt(all.count()), check);
            entries += all.size();
          } while (System.nanoTime() < deadline);
          check.counted("scans", entries);
          return entries;
        });
  }
}
