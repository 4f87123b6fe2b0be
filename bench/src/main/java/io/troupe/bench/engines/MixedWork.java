package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * Two threads that read the data set and write beside it, one record at a time: every other write
 * replaces a record, the others add one.
 */
final class MixedWork implements Work {
  private static final int THREADS = 2;

  /**
   * Code is compiled and memory is warm after the first part; the second one has several memtables
   * flushed and tables merged, so that the tails are those of a store that runs.
   */
  private static final double WARM_UP_SHARE = 10;

  private static final double MEASURED_SHARE = 40;
  private static final long ADDED_APART = 1L << 32;
  private static final int DIGITS = 3;

  /** What one thread has done and how long it took, in nanoseconds. */
  private static final class Hand {
    final Histogram reads = new Histogram(DIGITS);
    final Histogram writes = new Histogram(DIGITS);
    final long firstAdded;
    long added;

    Hand(DataSet data, int thread) {
      this.firstAdded = data.records + thread * ADDED_APART;
    }
  }

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    DataSet data = new DataSet(setup.records());
    try (Engine engine = setup.open()) {
      engine.settle();
      Hand[] hands = {new Hand(data, 0), new Hand(data, 1)};
      double unused =
          Crew.run(THREADS, setup.nanos(WARM_UP_SHARE), (t, e) -> mix(engine, data, hands[t], e));
      for (Hand h : hands) {
        h.reads.reset();
        h.writes.reset();
      }
      double rate =
          Crew.run(THREADS, setup.nanos(MEASURED_SHARE), (t, e) -> mix(engine, data, hands[t], e));
      figures.add("mixed", Unit.OPERATIONS, rate);
      hands[0].reads.add(hands[1].reads);
      hands[0].writes.add(hands[1].writes);
      tell(figures, "mixed, read", hands[0].reads);
      tell(figures, "mixed, write", hands[0].writes);
      for (Hand h : hands) {
        verify(engine, data, h);
      }
    }
  }

  private static long mix(Engine engine, DataSet data, Hand hand, long deadline) throws Exception {
    SplittableRandom random = new SplittableRandom(hand.firstAdded + hand.added);
    long done = 0;
    long before = System.nanoTime();
    for (; before < deadline; done++) {
      if ((done & 1) == 0) {
        long number = random.nextLong(data.records);
        byte[] key = data.key(number);
        before = System.nanoTime();
        byte[] value = engine.get(key);
        hand.reads.recordValue(System.nanoTime() - before);
        WrongResult.unless(
            value != null && Bytes.sum(value) == Bytes.sumOf(number), "a record is gone");
      } else {
        long number =
            (done & 2) == 0 ? random.nextLong(data.records) : hand.firstAdded + hand.added++;
        Batch batch = new Batch().put(data.key(number), Bytes.value(number));
        before = System.nanoTime();
        engine.write(batch);
        hand.writes.recordValue(System.nanoTime() - before);
      }
    }
    return done;
  }

  private static void tell(Figures figures, String name, Histogram nanos) {
    figures.add(name + ", p50", Unit.MICROSECONDS, nanos.getValueAtPercentile(50) / 1e3);
    figures.add(name + ", p99", Unit.MICROSECONDS, nanos.getValueAtPercentile(99) / 1e3);
    figures.add(name + ", p99.9", Unit.MICROSECONDS, nanos.getValueAtPercentile(99.9) / 1e3);
    figures.add(name + ", longest", Unit.MICROSECONDS, nanos.getMaxValue() / 1e3);
  }

  private static void verify(Engine engine, DataSet data, Hand hand) throws Exception {
    for (long i = hand.firstAdded; i < hand.firstAdded + hand.added; i++) {
      byte[] value = engine.get(data.key(i));
      WrongResult.unless(
          value != null && Bytes.sum(value) == Bytes.sumOf(i), "an added record is gone");
    }
  }
}
