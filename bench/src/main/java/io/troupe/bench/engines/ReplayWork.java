package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/**
 * Reads the events of a thousand entities, one entity after the other; they were written ten at a
 * time of whichever entity. Three times: right after the store was opened by a process that has
 * never read, as a node does that starts; again and again, until code is compiled and blocks are in
 * memory; and out of the store opened once more, which has nothing in memory, by compiled code.
 */
final class ReplayWork implements Work {
  private static final int ENTITIES = 1_000;
  private static final int BATCH = 10;
  private static final int IN_FLIGHT = 64;

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    Setup mine = setup.in("replay");
    long[] counts;
    try (Engine engine = mine.open()) {
      counts = write(engine, setup.records() / 2);
    }
    try (Engine engine = mine.open()) {
      figures.add("replay, new process", Unit.EVENTS, replay(engine, counts));
      engine.settle();
      double unused = replayFor(engine, counts, setup.nanos(1));
      figures.add("replay, again", Unit.EVENTS, replayFor(engine, counts, setup.nanos(1)));
    }
    try (Engine engine = mine.open()) {
      figures.add("replay, reopened", Unit.EVENTS, replay(engine, counts));
    }
  }

  private static long[] write(Engine engine, long events) throws Exception {
    Journal journal = new Journal();
    SplittableRandom random = new SplittableRandom(5);
    long[] counts = new long[ENTITIES];
    Deque<CompletionStage<?>> flying = new ArrayDeque<>();
    for (long n = 0; n < events; n += BATCH) {
      int entity = random.nextInt(ENTITIES);
      if (flying.size() == IN_FLIGHT) {
        Object unused = flying.remove().toCompletableFuture().join();
      }
      flying.add(engine.submit(journal.batch(entity, counts[entity], BATCH)));
      counts[entity] += BATCH;
    }
    for (CompletionStage<?> f : flying) {
      Object unused = f.toCompletableFuture().join();
    }
    return counts;
  }

  /** The mean rate of as many passes as there is time for. */
  private static double replayFor(Engine engine, long[] counts, long nanos) throws Exception {
    long deadline = System.nanoTime() + nanos;
    double seconds = 0; // for each event
    int passes = 0;
    do {
      seconds += 1 / replay(engine, counts);
      passes++;
    } while (System.nanoTime() < deadline);
    return passes / seconds;
  }

  private static double replay(Engine engine, long[] counts) throws Exception {
    long begun = System.nanoTime();
    long events = 0;
    Check[] checks = new Check[counts.length];
    for (int i = 0; i < counts.length; i++) {
      // Any order but that of the keys.
      int entity = (int) (i * 617L % counts.length);
      byte[] prefix = Journal.prefix(entity);
      checks[entity] = Check.ordered();
      engine.scan(prefix, Bytes.behind(prefix), checks[entity]);
      events += counts[entity];
    }
    double rate = events * 1e9 / (System.nanoTime() - begun);
    for (int entity = 0; entity < counts.length; entity++) {
      long sum = 0;
      for (long n = 0; n < counts[entity]; n++) {
        sum += Journal.sumOf(entity, n);
      }
      checks[entity].came("entity " + entity, counts[entity], sum);
    }
    return rate;
  }
}
