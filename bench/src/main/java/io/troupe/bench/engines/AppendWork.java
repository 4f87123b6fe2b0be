package io.troupe.bench.engines;

import io.troupe.bench.report.Scratch;
import io.troupe.bench.report.Unit;
import java.util.concurrent.atomic.AtomicLongArray;

/** A journal's writers, each of an entity of its own, that wait for every batch. */
final class AppendWork implements Work {
  /** What fits into the bare log. */
  private static final long MAX_EVENTS = 1_500_000;

  private final boolean sync;
  private final int[] threadCounts;

  AppendWork(boolean sync, int... threadCounts) {
    this.sync = sync;
    this.threadCounts = threadCounts;
  }

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    Setup mine = sync ? setup.synced() : setup;
    Journal journal = new Journal();
    measure(mine, journal, 1, 1, mine.nanos(0.4));
    measure(mine, journal, 1, 100, mine.nanos(0.4));
    for (int threads : threadCounts) {
      for (int batch : new int[] {1, 10, 100}) {
        double rate = measure(mine, journal, threads, batch, mine.nanos(1));
        figures.add(name(threads, batch), Unit.EVENTS, rate);
      }
    }
  }

  private String name(int threads, int batch) {
    return (sync ? "append, sync, " : "append, buffered, ") + threads + " x " + batch;
  }

  private static double measure(Setup setup, Journal journal, int threads, int batch, long nanos)
      throws Exception {
    AtomicLongArray written = new AtomicLongArray(threads);
    Setup mine = setup.in("append");
    try (Engine engine = mine.open()) {
      double rate =
          Crew.run(
              threads,
              nanos,
              (thread, deadline) -> {
                long next = 0;
                while (System.nanoTime() < deadline && next < MAX_EVENTS / threads) {
                  engine.write(journal.batch(thread, next, batch));
                  next += batch;
                }
                written.set(thread, next);
                return next;
              });
      verify(engine, setup.engine() == EngineKind.LOG, written);
      return rate;
    } finally {
      Scratch.delete(mine.directory());
    }
  }

  private static void verify(Engine engine, boolean unordered, AtomicLongArray written)
      throws Exception {
    long count = 0;
    long sum = 0;
    for (int entity = 0; entity < written.length(); entity++) {
      count += written.get(entity);
      for (long n = 0; n < written.get(entity); n++) {
        sum += Journal.sumOf(entity, n);
      }
    }
    Check all = unordered ? Check.unordered() : Check.ordered();
    engine.scan(new byte[] {0}, Bytes.behind(new byte[0]), all);
    all.came("append", count, sum);
  }
}
