package io.troupe.bench.leases;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;

/** Processor time of the threads of an ActorSystem. */
final class Threads {
  /** In less there may be nothing to measure. */
  private static final Duration LEAST = Duration.ofMillis(300);

  private Threads() {}

  /** How much of one core they use for so long, in percent; the collector is not among them. */
  static double shareOf(String system, Duration time) throws InterruptedException {
    long before = cpuOf(system);
    long begun = System.nanoTime();
    Thread.sleep(time.compareTo(LEAST) < 0 ? LEAST : time);
    return 100.0 * (cpuOf(system) - before) / (System.nanoTime() - begun);
  }

  private static long cpuOf(String system) {
    var threads = ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (ThreadInfo t : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (t != null && t.getThreadName().startsWith(system + "-")) {
        sum += Math.max(0, threads.getThreadCpuTime(t.getThreadId()));
      }
    }
    return sum;
  }
}
