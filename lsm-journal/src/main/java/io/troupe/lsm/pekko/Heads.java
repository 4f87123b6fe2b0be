package io.troupe.lsm.pekko;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the persistence ids used last, so that a write need not read first. Thread-safe.
 */
final class Heads<T> {
  /** About 2 MiB of memory; an id that is not among these costs a point lookup. */
  private static final int CAPACITY = 10_000;

  private final Map<String, T> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
          return size() > CAPACITY;
        }
      };

  synchronized Optional<T> get(String id) {
    return Optional.ofNullable(recent.get(id));
  }

  synchronized void put(String id, T head) {
    recent.put(id, head);
  }

  synchronized void forget(String id) {
    recent.remove(id);
  }
}
