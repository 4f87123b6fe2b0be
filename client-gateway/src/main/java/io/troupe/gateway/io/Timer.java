package io.troupe.gateway.io;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;

/** Time that passes, and what is to be done later. */
public interface Timer {
  /** Of no particular origin. */
  long nanos();

  void after(Duration delay, Runnable action);

  static Timer of(ActorSystem<?> system) {
    return new Timer() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void after(Duration delay, Runnable action) {
        var unused = system.scheduler().scheduleOnce(delay, action, system.executionContext());
      }
    };
  }
}
