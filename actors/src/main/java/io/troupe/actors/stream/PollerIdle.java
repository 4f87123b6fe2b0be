package io.troupe.actors.stream;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How a polling thread waits: ever longer. While another process had work for it lately, short
 * parks keep the latency of another process's messages low; after that long ones keep an idle node
 * quiet. Who has something for it in the same process wakes it, see {@link Wakeups}.
 */
final class PollerIdle {
  /** What the poller may find without being woken. */
  enum Outlook {
    /** Something has to be tried again soon. */
    PRESSING,
    /** Messages of other processes. */
    OPEN,
    /** Nothing but what can wait for {@link #NOTHING_PARK}: new work begins with a wake-up. */
    NOTHING
  }

  private static final int SPINS = 20;
  private static final long BUSY_NANOS = 5_000_000;
  private static final long RECENT_NANOS = 50_000_000;
  private static final long WHILE_AGO_NANOS = 1_000_000_000;
  private static final long SHORT_PARK = 50_000;
  private static final long MEDIUM_PARK = 500_000;
  private static final long LONG_PARK = 4_000_000;
  private static final long LONGEST_PARK = 16_000_000;
  private static final long NOTHING_PARK = 100_000_000;

  private static final int AWAKE = 0;
  private static final int DOZING = 1;
  private static final int ASLEEP = 2;

  private volatile int state = AWAKE;
  private volatile @Nullable Thread poller;
  private int tries;
  private long lastWork = System.nanoTime();

  /** Called by the poller after it looked once at all that it polls. */
  void idle(long work, Outlook outlook) {
    if (work > 0) {
      tries = 0;
      state = AWAKE;
      lastWork = System.nanoTime();
      return;
    }
    if (++tries <= SPINS) {
      Thread.onSpinWait();
      return;
    }
    if (poller == null) {
      poller = Thread.currentThread();
    }
    long park = park(System.nanoTime() - lastWork, outlook);
    if (park <= SHORT_PARK) {
      state = DOZING;
      LockSupport.parkNanos(park);
      state = AWAKE;
    } else if (state != ASLEEP) {
      // Looks once more: what came before this was seen by others gets no wake-up.
      state = ASLEEP;
    } else {
      LockSupport.parkNanos(park);
      state = AWAKE;
    }
  }

  private static long park(long since, Outlook outlook) {
    if (outlook == Outlook.PRESSING) {
      return SHORT_PARK;
    }
    if (outlook == Outlook.NOTHING) {
      return NOTHING_PARK;
    }
    if (since < BUSY_NANOS) {
      return SHORT_PARK;
    }
    if (since < RECENT_NANOS) {
      return MEDIUM_PARK;
    }
    return since < WHILE_AGO_NANOS ? LONG_PARK : LONGEST_PARK;
  }

  /** There is a message for the poller. */
  void wake() {
    wakeFrom(DOZING);
  }

  /** There may be one soon: short parks will find it, long ones would not. */
  void rouse() {
    wakeFrom(ASLEEP);
  }

  private void wakeFrom(int least) {
    // What was sent before must be seen by a poller that says after this that it sleeps.
    VarHandle.fullFence();
    if (state >= least) {
      LockSupport.unpark(poller);
    }
  }
}
