package io.troupe.lsm;

import io.troupe.lsm.compaction.RateLimit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Holds up merges as {@link RateLimit} says. Thread-safe. */
final class Throttle {

  /** A pause is cut into such pieces, to notice that the store is being closed. */
  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final EngineCore core;
  private final RateLimit limit;

  Throttle(EngineCore core) {
    this.core = core;
    this.limit = new RateLimit(core.nanoClock().getAsLong());
  }

  /** A flush wrote; it is never held up. */
  synchronized void flushed(long bytes) {
    limit.flushed(bytes, core.nanoClock().getAsLong());
  }

  /** A merge wrote, and pauses if it has to. */
  void merged(long bytes) {
    long pause;
    synchronized (this) {
      pause = limit.merged(bytes, core.pendingCompactionBytes(), core.nanoClock().getAsLong());
    }
    long end = core.nanoClock().getAsLong() + pause;
    for (long left = pause;
        left > 0 && !core.isClosed();
        left = end - core.nanoClock().getAsLong()) {
      LockSupport.parkNanos(this, Math.min(left, MAX_PAUSE_NANOS));
    }
  }
}
