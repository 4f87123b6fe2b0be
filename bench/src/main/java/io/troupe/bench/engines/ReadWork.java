package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.util.SplittableRandom;

/** Gets of the data set: of one percent of it, of all, of what is not there. */
final class ReadWork implements Work {
  /** Takes the number of a get out of a random one. */
  private interface Choice {
    long of(DataSet data, SplittableRandom random);
  }

  private static final int HOT_SHARE = 100;
  private static final int CLOCK_SHARE = 64;
  private static final int[] THREADS = {1, 2};

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    DataSet data = new DataSet(setup.records());
    try (Engine engine = setup.open()) {
      engine.settle();
      warmUp(setup, engine, data);
      hits(setup, figures, engine, "hot", data, ReadWork::hot);
      hits(setup, figures, engine, "uniform", data, (d, r) -> r.nextLong(d.records));
      for (int threads : THREADS) {
        measure(setup, figures, "miss", threads, (t, end) -> misses(engine, data, t, end));
      }
    }
  }

  /** Longer than before each measurement: code that is compiled while it runs needs it once. */
  private static void warmUp(Setup setup, Engine engine, DataSet data) throws Exception {
    Choice any = (d, r) -> r.nextLong(d.records);
    double hits = Crew.run(1, setup.nanos(3), (t, end) -> hits(engine, data, any, t, end));
    double misses = Crew.run(1, setup.nanos(1), (t, end) -> misses(engine, data, t, end));
    WrongResult.unless(hits > 0 && misses > 0, "nothing was read");
  }

  private static long hot(DataSet data, SplittableRandom random) {
    long number = random.nextLong(data.records);
    return number - number % HOT_SHARE;
  }

  private static void hits(
      Setup setup, Figures figures, Engine engine, String name, DataSet data, Choice choice)
      throws Exception {
    for (int threads : THREADS) {
      measure(setup, figures, name, threads, (t, end) -> hits(engine, data, choice, t, end));
    }
  }

  /** Warms up first, since what is measured is how it goes on. */
  private static void measure(
      Setup setup, Figures figures, String name, int threads, Crew.Part part) throws Exception {
    double unused = Crew.run(threads, setup.nanos(0.7), part);
    figures.add(
        "get, " + name + ", " + threads + (threads == 1 ? " thread" : " threads"),
        Unit.OPERATIONS,
        Crew.run(threads, setup.nanos(1), part));
  }

  private static long hits(Engine engine, DataSet data, Choice choice, int thread, long deadline)
      throws Exception {
    SplittableRandom random = new SplittableRandom(thread);
    long done = 0;
    for (; done % CLOCK_SHARE != 0 || System.nanoTime() < deadline; done++) {
      long number = choice.of(data, random);
      byte[] value = engine.get(data.key(number));
      WrongResult.unless(
          value != null && Bytes.sum(value) == Bytes.sumOf(number), "a record is gone");
    }
    return done;
  }

  private static long misses(Engine engine, DataSet data, int thread, long deadline)
      throws Exception {
    SplittableRandom random = new SplittableRandom(thread);
    long done = 0;
    for (; done % CLOCK_SHARE != 0 || System.nanoTime() < deadline; done++) {
      byte[] value = engine.get(data.absentKey(random.nextLong(data.records)));
      WrongResult.unless(value == null, "a record is there that nobody wrote");
    }
    return done;
  }
}
