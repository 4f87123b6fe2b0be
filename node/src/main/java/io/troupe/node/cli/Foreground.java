package io.troupe.node.cli;

import io.troupe.node.runtime.NodeRuntime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A node that runs until somebody ends the process, unmounts its last volume or it fails by itself.
 * SIGTERM and Ctrl-C stop it cleanly: the JVM's shutdown waits until it is closed.
 */
final class Foreground implements AutoCloseable {
  /** Longer than the slowest orderly stop; after it the process ends all the same. */
  private static final long STOP_SECONDS = 40;

  private final NodeRuntime runtime;
  private final CountDownLatch signalled = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Foreground(NodeRuntime runtime) {
    this.runtime = runtime;
  }

  static Foreground of(NodeRuntime runtime) {
    Foreground f = new Foreground(runtime);
    runtime.onEnd(f.signalled::countDown);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(f::stop));
    return f;
  }

  NodeRuntime runtime() {
    return runtime;
  }

  void awaitEnd() throws InterruptedException {
    signalled.await();
  }

  private void stop() {
    signalled.countDown();
    try {
      if (!closed.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("troupe: did not stop within " + STOP_SECONDS + " s, giving up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      runtime.close();
    } finally {
      closed.countDown();
    }
  }
}
