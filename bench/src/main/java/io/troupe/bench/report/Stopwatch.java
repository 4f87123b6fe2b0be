package io.troupe.bench.report;

import java.time.Duration;
import java.util.Arrays;

/**
 * Times the operations of one pass, which ends after a number of operations or a time, whatever
 * comes first. What happens between {@link #stop} and the next {@link #start} does not count. One
 * thread.
 */
public final class Stopwatch {
  private final long[] nanos;
  private final long limitNanos;
  private final long begun = System.nanoTime();
  private int count;
  private long total;
  private long started;

  public Stopwatch(int maxOperations, Duration limit) {
    this.nanos = new long[maxOperations];
    this.limitNanos = limit.toNanos();
  }

  /** The first operation is always asked for: a pass has a figure. */
  public boolean goesOn() {
    return count == 0 || (count < nanos.length && System.nanoTime() - begun < limitNanos);
  }

  public void start() {
    started = System.nanoTime();
  }

  public void stop() {
    long took = System.nanoTime() - started;
    nanos[count++] = took;
    total += took;
  }

  public int count() {
    return count;
  }

  /** Time that belongs to no single operation, such as one sync for all of them. */
  public void include(long moreNanos) {
    total += moreNanos;
  }

  public double perSecond() {
    return count * 1e9 / total;
  }

  public double microsAt(double quantile) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, Math.round(count * quantile))] / 1e3;
  }
}
