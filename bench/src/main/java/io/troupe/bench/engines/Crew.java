package io.troupe.bench.engines;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that do the same until a time; the last one's end counts. */
final class Crew {
  /** One thread's part. */
  interface Part {
    /** Returns how many operations it has done. */
    long run(int thread, long deadline) throws Exception;
  }

  private Crew() {}

  /** Operations a second of all of them. */
  static double run(int threads, long nanos, Part part) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      long begun = System.nanoTime();
      List<Future<Long>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        running.add(pool.submit(() -> part.run(thread, begun + nanos)));
      }
      long operations = 0;
      for (Future<Long> r : running) {
        operations += r.get();
      }
      return operations * 1e9 / (System.nanoTime() - begun);
    }
  }
}
