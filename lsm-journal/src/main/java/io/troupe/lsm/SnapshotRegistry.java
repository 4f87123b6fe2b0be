package io.troupe.lsm;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Which sequence numbers are pinned. Thread-safe. */
final class SnapshotRegistry {

  private final TreeMap<Long, Pin> pinned = new TreeMap<>();

  /** How often a number is pinned, and since when. */
  private record Pin(int count, long sinceNanos) {}

  private final LongSupplier nanoClock;

  SnapshotRegistry(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Pins the current sequence number. Read under the lock: a merge that asks afterwards sees either
   * the pin, or older data only.
   */
  synchronized long pin(LongSupplier current) {
    long sequence = current.getAsLong();
    add(sequence);
    return sequence;
  }

  /** Pins a sequence number that is pinned already once more. */
  synchronized void pinAgain(long sequence) {
    if (!pinned.containsKey(sequence)) {
      throw new IllegalStateException("sequence number " + sequence + " is not pinned any more");
    }
    add(sequence);
  }

  private void add(long sequence) {
    Pin pin = pinned.get(sequence);
    pinned.put(
        sequence,
        pin == null
            ? new Pin(1, nanoClock.getAsLong())
            : new Pin(pin.count() + 1, pin.sinceNanos()));
  }

  synchronized void unpin(long sequence) {
    pinned.computeIfPresent(
        sequence, (s, pin) -> pin.count() == 1 ? null : new Pin(pin.count() - 1, pin.sinceNanos()));
  }

  /** The pinned sequence numbers, ascending. */
  synchronized long[] all() {
    return pinned.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  synchronized int size() {
    return pinned.values().stream().mapToInt(Pin::count).sum();
  }

  /** The oldest one; {@code otherwise} when none is pinned. */
  synchronized long oldest(long otherwise) {
    Map.Entry<Long, Pin> first = pinned.firstEntry();
    return first == null ? otherwise : first.getKey();
  }

  /** For how long the oldest one has been pinned; 0 when none is. */
  synchronized long oldestNanos() {
    Map.Entry<Long, Pin> first = pinned.firstEntry();
    return first == null ? 0 : nanoClock.getAsLong() - first.getValue().sinceNanos();
  }
}
