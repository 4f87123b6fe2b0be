package io.troupe.actors.stream;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Of a media driver's one thread: parks that double from 50 µs to 16 ms. On one host the driver is
 * on the data path by its flow control only, and lets half a term pass each time that it looks;
 * while it has something to do it stays awake. Between hosts a first packet after a silence waits
 * for half of the last park on average.
 */
final class DriverIdle implements IdleStrategy {
  private static final int SPINS = 10;
  private static final long SHORTEST_PARK = 50_000;
  private static final long LONGEST_PARK = 16_000_000;

  private int tries;
  private long park = SHORTEST_PARK;

  @Override
  public void idle(int workCount) {
    if (workCount > 0) {
      reset();
    } else {
      idle();
    }
  }

  @Override
  public void idle() {
    if (++tries <= SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(park);
      park = Math.min(2 * park, LONGEST_PARK);
    }
  }

  @Override
  public void reset() {
    tries = 0;
    park = SHORTEST_PARK;
  }

  @Override
  public String alias() {
    return "doubling";
  }
}
