package io.troupe.actors.stream;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Waits ever longer: while there was work lately, short parks keep the latency of another process's
 * messages low; after that long ones keep an idle node quiet. Within one process the other side
 * unparks the thread, see {@link Wakeups}.
 */
final class PollerIdle implements IdleStrategy {
  private static final int SPINS = 20;
  private static final long BUSY_NANOS = 5_000_000;
  private static final long RECENT_NANOS = 50_000_000;
  private static final long WHILE_AGO_NANOS = 1_000_000_000;
  private static final long SHORT_PARK = 50_000;
  private static final long MEDIUM_PARK = 500_000;
  private static final long LONG_PARK = 4_000_000;
  private static final long LONGEST_PARK = 16_000_000;

  private int tries;
  private long lastWork = System.nanoTime();

  @Override
  public void idle(int workCount) {
    if (workCount > 0) {
      reset();
      lastWork = System.nanoTime();
    } else {
      idle();
    }
  }

  @Override
  public void idle() {
    tries++;
    if (tries <= SPINS) {
      Thread.onSpinWait();
    } else {
      long since = System.nanoTime() - lastWork;
      LockSupport.parkNanos(
          since < BUSY_NANOS
              ? SHORT_PARK
              : since < RECENT_NANOS
                  ? MEDIUM_PARK
                  : since < WHILE_AGO_NANOS ? LONG_PARK : LONGEST_PARK);
    }
  }

  @Override
  public void reset() {
    tries = 0;
  }

  @Override
  public String alias() {
    return "adaptive";
  }
}
