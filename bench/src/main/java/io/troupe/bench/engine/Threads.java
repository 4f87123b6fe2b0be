package io.troupe.bench.engine;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that commit beside each other. */
final class Threads {
  private static final int MAX_OPERATIONS = 1_000_000;

  interface Commit {
    void run() throws Exception;
  }

  private Threads() {}

  static List<Figure> run(int threads, int maxOperations, Duration limit, Commit commit)
      throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Stopwatch>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            pool.submit(
                () -> {
                  Stopwatch watch =
                      new Stopwatch(Math.min(MAX_OPERATIONS, maxOperations / threads), limit);
                  while (watch.goesOn()) {
                    watch.start();
                    commit.run();
                    watch.stop();
                  }
                  return watch;
                }));
      }
      double rate = 0;
      List<Double> middles = new ArrayList<>();
      for (Future<Stopwatch> r : running) {
        rate += r.get().perSecond();
        middles.add(r.get().microsAt(0.5));
      }
      middles.sort(Double::compare);
      return List.of(
          new Figure("", Unit.COMMITS, rate),
          new Figure("p50", Unit.MICROSECONDS, middles.get(threads / 2)));
    }
  }
}
