package io.troupe.lease;

import io.troupe.actors.id.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One participant of one lease cell, without clock or I/O; immutable.
 *
 * <p>The cell has this participant only. So nobody else can have been promised anything, and a
 * participant that restarts need not stay mute for a lease's duration: what it forgot binds nobody
 * but itself. What it must not forget is the epoch, for what it sent under an earlier one may still
 * be on its way: a lease that is won anew, after expiry or a restart, has a higher epoch, which is
 * durable before it is granted.
 *
 * @param epoch of the last win
 * @param until end of validity of the lease that is held; empty if none is
 */
record LeaseCore(Epoch epoch, Optional<Instant> until) {
  /** What the participant's state is after a start: it holds nothing. */
  static LeaseCore recovered(Epoch epoch) {
    return new LeaseCore(epoch, Optional.empty());
  }

  boolean holds(Instant now) {
    return until.filter(now::isBefore).isPresent();
  }

  /** Extends a lease that is held, or wins it anew under the next epoch. */
  LeaseCore acquire(Instant now, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("a lease must last, not " + duration);
    }
    Instant end = now.plus(duration);
    if (holds(now)) {
      // A renewal never shortens: the holder may already rely on the later end.
      return new LeaseCore(epoch, until.filter(end::isBefore).or(() -> Optional.of(end)));
    }
    return new LeaseCore(epoch.next(), Optional.of(end));
  }

  /** Gives up what was granted under that epoch; what was won since stays. */
  LeaseCore release(Epoch granted) {
    return granted.equals(epoch) ? new LeaseCore(epoch, Optional.empty()) : this;
  }
}
