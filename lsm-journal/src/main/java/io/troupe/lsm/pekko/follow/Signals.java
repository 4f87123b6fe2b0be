package io.troupe.lsm.pekko.follow;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who waits for what. Thread-safe. Raising what nobody waits for costs one look at an empty map.
 */
public final class Signals {
  private final ConcurrentHashMap<Topic, Set<Runnable>> waiting = new ConcurrentHashMap<>();

  /** Calls back whenever the topic is raised, until cancelled; the callback has to be quick. */
  public void watch(Topic topic, Runnable callback) {
    waiting.compute(
        topic,
        (t, callbacks) -> {
          Set<Runnable> all = callbacks == null ? ConcurrentHashMap.newKeySet() : callbacks;
          all.add(callback);
          return all;
        });
  }

  public void cancel(Topic topic, Runnable callback) {
    waiting.computeIfPresent(
        topic,
        (t, callbacks) -> {
          callbacks.remove(callback);
          return callbacks.isEmpty() ? null : callbacks;
        });
  }

  /** Whether nobody waits for anything. */
  public boolean isIdle() {
    return waiting.isEmpty();
  }

  public void raise(Topic topic) {
    Set<Runnable> callbacks = waiting.get(topic);
    if (callbacks != null) {
      callbacks.forEach(Runnable::run);
    }
  }
}
