package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;

/**
 * Opens what a killed process has left: 64 MiB of log, all of it acknowledged as durable. Another
 * store is opened and closed before, so that no classes are loaded in the time that counts.
 */
final class OpenWork implements Work {
  static final int BATCH = 100;
  private static final long EVENTS = 240_000;
  private static final long MEMTABLE_BYTES = 128L << 20;

  static Setup left(Setup setup) {
    return setup.synced().memtable(MEMTABLE_BYTES).in("left");
  }

  static long events(Setup setup) {
    long events = Math.min(EVENTS, setup.records());
    return events - events % BATCH;
  }

  /** The part that is killed: it waits for that. */
  static void fill(Setup setup, Figures figures) throws Exception {
    Engine engine = left(setup).open();
    Journal journal = new Journal();
    for (long n = 0; n < events(setup); n += BATCH) {
      engine.write(journal.batch(entity(n), n, BATCH));
    }
    figures.ready();
    // The end of its input is the end of who should have killed it.
    while (System.in.read() >= 0) {}
  }

  private static long entity(long number) {
    return number / BATCH % 1_000;
  }

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    try (Engine other = setup.synced().memtable(MEMTABLE_BYTES).in("other").open()) {
      other.write(new Batch().put(Journal.key(0, 0), Bytes.value(0)));
      WrongResult.unless(other.get(Journal.key(0, 0)) != null, "a record is gone");
    }
    long events = events(setup);
    long begun = System.nanoTime();
    try (Engine engine = left(setup).open()) {
      boolean there = engine.get(Journal.key(entity(events - 1), events - 1)) != null;
      double seconds = (System.nanoTime() - begun) / 1e9;
      WrongResult.unless(there, "the last event is gone");
      figures.add("open after a kill", Unit.SECONDS, seconds);
      long sum = 0;
      for (long n = 0; n < events; n++) {
        sum += Journal.sumOf(entity(n), n);
      }
      Check all = Check.ordered();
      engine.scan(new byte[] {0}, Bytes.behind(new byte[0]), all);
      all.came("after the kill", events, sum);
    }
  }
}
