package io.troupe.gateway.fs;

import io.troupe.gateway.io.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * All that happens, one thing after the other in an order that a seed chooses. Time passes only
 * when nothing else is to be done, or when the seed wants it to.
 */
final class SimTimer extends Clock implements Timer {
  final Random random;
  private final List<Runnable> ready = new ArrayList<>();
  private final List<Due> timers = new ArrayList<>();
  private long nanos;

  private record Due(long nanos, Runnable action) {}

  SimTimer(long seed) {
    random = new Random(seed);
  }

  /** To be done at some moment from now on. */
  void soon(Runnable action) {
    ready.add(action);
  }

  @Override
  public void after(Duration delay, Runnable action) {
    timers.add(new Due(nanos + delay.toNanos(), action));
  }

  @Override
  public long nanos() {
    return nanos;
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }

  /** Does one thing; false when nothing is left. */
  boolean step() {
    if (!ready.isEmpty() && (timers.isEmpty() || random.nextInt(20) > 0)) {
      ready.remove(random.nextInt(ready.size())).run();
      return true;
    }
    if (timers.isEmpty()) {
      return false;
    }
    Due next = timers.getFirst();
    for (Due d : timers) {
      next = d.nanos() < next.nanos() ? d : next;
    }
    timers.remove(next);
    nanos = Math.max(nanos, next.nanos());
    next.action().run();
    return true;
  }

  void run() {
    while (step()) {}
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(1_000_000, nanos);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
