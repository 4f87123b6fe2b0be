package io.troupe.lsm;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Which sequence numbers are pinned. Thread-safe. */
final class SnapshotRegistry {

  private final TreeMap<Long, Integer> pinned = new TreeMap<>();

  /**
   * Pins the current sequence number. Read under the lock: a merge that asks afterwards sees either
   * the pin, or older data only.
   */
  synchronized long pin(LongSupplier current) {
    long sequence = current.getAsLong();
    pinned.merge(sequence, 1, Integer::sum);
    return sequence;
  }

  synchronized void unpin(long sequence) {
    pinned.computeIfPresent(sequence, (s, count) -> count == 1 ? null : count - 1);
  }

  /** The pinned sequence numbers, ascending. */
  synchronized long[] all() {
    return pinned.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  synchronized int size() {
    return pinned.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The oldest one; {@code otherwise} when none is pinned. */
  synchronized long oldest(long otherwise) {
    Map.Entry<Long, Integer> first = pinned.firstEntry();
    return first == null ? otherwise : first.getKey();
  }
}
