package io.troupe.lsm;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Work that may be done by another thread while the one that has it waits for the disk: {@link
 * #offer} it, wait for the disk, {@link #finish}. Who offers does it at the end if the other thread
 * did not get to it: offering costs a wake-up, and never makes anything wait for one. One offer at
 * a time.
 */
final class Beside {

  /** The other thread is at work, and mostly about to end: to be woken would take as long. */
  private static final long SPIN_NANOS = 30_000;

  private static final int NOTHING = 0;
  private static final int OFFERED = 1;
  private static final int TAKEN = 2;
  private static final int DONE = 3;

  private final AtomicInteger state = new AtomicInteger(NOTHING);
  private final @Nullable Thread thread;
  private volatile boolean stopped;
  private @Nullable Runnable work;
  private @Nullable Thread waiting;
  private @Nullable Throwable failure;

  private Beside(boolean threaded) {
    thread = threaded ? new Thread(this::run, "lsm-insert") : null;
    if (thread != null) {
      thread.setDaemon(true);
    }
  }

  /** Nobody helps. */
  static Beside nobody() {
    return new Beside(false);
  }

  /** A thread of its own helps, once it is started. */
  static Beside thread() {
    return new Beside(true);
  }

  void start() {
    if (thread != null) {
      thread.start();
    }
  }

  /** Ends the thread, which does not help any more. */
  Optional<Thread> stop() {
    stopped = true;
    LockSupport.unpark(thread);
    return Optional.ofNullable(thread);
  }

  void offer(Runnable what) {
    work = what;
    waiting = Thread.currentThread();
    state.set(OFFERED);
    LockSupport.unpark(thread);
  }

  /** Returns when what was offered is done. */
  void finish() {
    if (state.compareAndSet(OFFERED, NOTHING)) {
      carryOut();
      return;
    }
    long begun = System.nanoTime();
    while (state.get() != DONE && System.nanoTime() - begun < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    boolean interrupted = false;
    while (state.get() != DONE) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // would keep park from waiting
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    state.set(NOTHING);
    Throwable failed = failure;
    if (failed != null) {
      failure = null;
      throw new IllegalStateException("the work failed on " + thread, failed);
    }
  }

  private void run() {
    while (!stopped) {
      if (state.compareAndSet(OFFERED, TAKEN)) {
        Thread waiter = waiting;
        try {
          carryOut();
        } catch (Throwable e) { // handed to who waits for it
          failure = e;
        }
        state.set(DONE);
        LockSupport.unpark(waiter);
      } else {
        LockSupport.park(this);
      }
    }
  }

  private void carryOut() {
    Runnable todo = work;
    if (todo != null) {
      work = null;
      todo.run();
    }
  }
}
