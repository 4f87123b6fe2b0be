package io.troupe.lsm;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A thread that does one kind of background work whenever it is signalled, and sleeps otherwise.
 */
final class Worker {

  private static final long NO_SPACE_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  interface Task {
    Engine.Step run() throws IOException;
  }

  private final Task task;
  private final Runnable progress;
  private final Consumer<IOException> failed;
  private final Thread thread;
  private volatile boolean signalled;
  private volatile boolean stopped;

  /**
   * @param progress called after each step
   * @param failed told what ended the work
   */
  Worker(String name, Task task, Runnable progress, Consumer<IOException> failed) {
    this.task = task;
    this.progress = progress;
    this.failed = failed;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
    this.thread.setUncaughtExceptionHandler(
        (t, e) -> failed.accept(new IOException(name + " ended", e)));
  }

  void start() {
    thread.start();
  }

  void signal() {
    signalled = true;
    LockSupport.unpark(thread);
  }

  /** Ends after the current step. */
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  Thread thread() {
    return thread;
  }

  /** Waits for the end of a thread, whoever interrupts. */
  static void join(Thread ending) {
    boolean interrupted = false;
    while (ending.isAlive()) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopped) {
        signalled = false;
        Engine.Step step = task.run();
        progress.run();
        if (step == Engine.Step.MORE || signalled || stopped) {
          continue;
        }
        if (step == Engine.Step.NO_SPACE) {
          LockSupport.parkNanos(this, NO_SPACE_RETRY_NANOS);
        } else {
          LockSupport.park(this);
        }
      }
    } catch (IOException e) {
      failed.accept(e);
      progress.run();
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CLOSED) {
        throw e;
      }
    }
  }
}
