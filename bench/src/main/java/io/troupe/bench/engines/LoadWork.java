package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;

/** Puts the data set in, in an order that is not that of the keys, until the engine is at rest. */
final class LoadWork implements Work {
  private static final int BATCH = 1_000;
  private static final int IN_FLIGHT = 8;

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    DataSet data = new DataSet(setup.records());
    double cpu = Self.cpuSeconds();
    long written = Self.writtenBytes();
    long begun = System.nanoTime();
    try (Engine engine = setup.open()) {
      put(engine, data);
      engine.settle();
      double seconds = (System.nanoTime() - begun) / 1e9;
      figures.add("load until at rest", Unit.RECORDS, data.records / seconds);
      figures.add("load, processor time", Unit.SECONDS, Self.cpuSeconds() - cpu);
      figures.add("load, written", Unit.SPACE, (Self.writtenBytes() - written) / Space.MIB);
      verify(engine, data);
    }
    figures.add("load, space after close", Unit.SPACE, Space.mib(setup.directory()));
  }

  private static void put(Engine engine, DataSet data) throws Exception {
    Deque<CompletionStage<?>> flying = new ArrayDeque<>();
    for (long i = 0; i < data.records; ) {
      Batch batch = new Batch();
      for (long end = Math.min(data.records, i + BATCH); i < end; i++) {
        long record = data.shuffled(i);
        batch.put(data.key(record), Bytes.value(record));
      }
      if (flying.size() == IN_FLIGHT) {
        Object unused = flying.remove().toCompletableFuture().join();
      }
      flying.add(engine.submit(batch));
    }
    for (CompletionStage<?> f : flying) {
      Object unused = f.toCompletableFuture().join();
    }
  }

  private static void verify(Engine engine, DataSet data) throws Exception {
    long sum = 0;
    for (long i = 0; i < data.records; i++) {
      sum += Bytes.sumOf(i);
    }
    Check all = Check.ordered();
    engine.scan(new byte[] {0}, Bytes.behind(new byte[0]), all);
    all.came("load", data.records, sum);
  }
}
