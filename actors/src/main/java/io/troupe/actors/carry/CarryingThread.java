package io.troupe.actors.carry;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs, one after the other, the tasks that its errand sets off in carried
 * dispatchers ({@link CarriedExecutor}), instead of waking threads of their pools for them. What is
 * left when the errand is done, or takes too long, goes to the pools.
 *
 * <p>A step that blocks, such as the sync of a log, comes last, when no task is left: nobody waits
 * for what this thread holds back.
 */
public final class CarryingThread extends Thread {
  /** A create takes about ten; what is beyond is somebody else's work. */
  static final int MAX_TASKS = 64;

  /** How long an errand may take before the pools take over; a blocking step may take it longer. */
  static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private record Task(Runnable task, Executor pool) {}

  private record Step(Runnable here, Runnable elsewhere) {}

  private final ArrayDeque<Task> tasks = new ArrayDeque<>();
  private final LongSupplier nanoClock;
  private @Nullable Step last;
  private boolean carrying;

  public CarryingThread(Runnable run, String name) {
    this(run, name, System::nanoTime);
  }

  CarryingThread(Runnable run, String name, LongSupplier nanoClock) {
    super(run, name);
    this.nanoClock = nanoClock;
  }

  /** Begins an errand and carries it. To be called on this thread. */
  public void carry(Errand errand) {
    if (Thread.currentThread() != this || carrying) {
      throw new IllegalStateException("for the thread itself, one errand at a time");
    }
    carrying = true;
    try {
      errand.begin();
      run(errand);
    } finally {
      carrying = false;
      handOver();
    }
  }

  private void run(Errand errand) {
    long begun = nanoClock.getAsLong();
    for (int n = 0; n < MAX_TASKS && !errand.isDone(); n++) {
      Task next = tasks.poll();
      if (next != null) {
        run(next);
      } else if (last != null) {
        Step step = last;
        last = null;
        step.here().run();
      } else {
        return;
      }
      if (nanoClock.getAsLong() - begun > MAX_NANOS) {
        return;
      }
    }
  }

  private static void run(Task task) {
    try {
      task.task().run();
    } catch (Throwable t) {
      // As if it had been thrown there: the pool has the handler for it.
      task.pool()
          .execute(
              () -> {
                throw t;
              });
    }
  }

  /**
   * To be called before the calling thread waits for something: what it carries goes to the pools,
   * since that may be what it would wait for.
   */
  public static void beforeWaiting() {
    if (Thread.currentThread() instanceof CarryingThread t && t.carrying) {
      t.handOver();
    }
  }

  private void handOver() {
    if (last != null) {
      Step step = last;
      last = null;
      step.elsewhere().run();
    }
    for (Task t = tasks.poll(); t != null; t = tasks.poll()) {
      t.pool().execute(t.task());
    }
  }

  /** Leaves a task to the calling thread, if that carries something. */
  static boolean take(Runnable task, Executor pool) {
    if (Thread.currentThread() instanceof CarryingThread t
        && t.carrying
        && t.tasks.size() < MAX_TASKS) {
      t.tasks.add(new Task(task, pool));
      return true;
    }
    return false;
  }

  /**
   * Leaves a step that blocks to the calling thread, if that carries something.
   *
   * @param here run by this thread when no task is left
   * @param elsewhere run instead, when it does not come to that; does not block
   * @return whether one of both will be run soon
   */
  public static boolean takeLast(Runnable here, Runnable elsewhere) {
    if (!(Thread.currentThread() instanceof CarryingThread t) || !t.carrying) {
      return false;
    }
    if (t.last == null) {
      t.last = new Step(here, elsewhere);
      return true;
    }
    return t.last.here() == here;
  }
}
