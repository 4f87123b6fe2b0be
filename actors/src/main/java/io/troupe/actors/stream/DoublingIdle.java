package io.troupe.actors.stream;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/** Of Aeron's own threads: parks that double while there is nothing to do. One thread. */
final class DoublingIdle implements IdleStrategy {
  private static final int SPINS = 10;

  private final long shortest;
  private final LongSupplier longest;
  private volatile @Nullable Thread thread;
  private int tries;
  private long park;

  /** Both in nanoseconds; the longest is asked for before each park. */
  DoublingIdle(long shortest, LongSupplier longest) {
    this.shortest = shortest;
    this.longest = longest;
    this.park = shortest;
  }

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
      return;
    }
    if (thread == null) {
      thread = Thread.currentThread();
    }
    LockSupport.parkNanos(park);
    park = Math.min(2 * park, longest.getAsLong());
  }

  @Override
  public void reset() {
    tries = 0;
    park = shortest;
  }

  /** From any thread. */
  void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public String alias() {
    return "doubling";
  }
}
