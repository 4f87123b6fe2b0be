package io.troupe.bench.metadata;

import io.troupe.actors.errors.Result;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Starts operations so that always as many are under way as are allowed. */
final class Flights {
  private static final long WAIT_SECONDS = 30;

  /**
   * What was carried out.
   *
   * @param count operations, numbered from 0
   */
  record Flown(int count, double perSecond) {}

  private Flights() {}

  static Flown fly(
      int inFlight, int max, Duration limit, IntFunction<CompletionStage<? extends Result<?>>> next)
      throws Exception {
    Semaphore free = new Semaphore(inFlight);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    long begun = System.nanoTime();
    long end = begun + limit.toNanos();
    int count = 0;
    while (failure.get() == null && count < max && (count == 0 || System.nanoTime() < end)) {
      acquire(free, 1);
      var unused =
          next.apply(count++)
              .whenComplete(
                  (result, e) -> {
                    note(result, e, failure);
                    free.release();
                  });
    }
    acquire(free, inFlight);
    double seconds = (System.nanoTime() - begun) / 1e9;
    Throwable e = failure.get();
    if (e != null) {
      throw new IllegalStateException("an operation failed", e);
    }
    return new Flown(count, count / seconds);
  }

  private static void note(
      @Nullable Result<?> result,
      @Nullable Throwable e,
      AtomicReference<@Nullable Throwable> failure) {
    if (e != null) {
      failure.compareAndSet(null, e);
    } else if (result instanceof Result.Failed<?>(var errno, var detail)) {
      failure.compareAndSet(null, new IllegalStateException(errno + " " + detail));
    }
  }

  private static void acquire(Semaphore free, int n) throws Exception {
    if (!free.tryAcquire(n, WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("no answer within " + WAIT_SECONDS + " s");
    }
  }
}
