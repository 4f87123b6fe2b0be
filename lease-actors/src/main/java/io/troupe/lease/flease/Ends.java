package io.troupe.lease.flease;

import io.troupe.actors.lease.Lease;
import io.troupe.lease.flease.Rules.Rule;

/**
 * Whether a lease has ended, as far as a clock can tell that is off by no more than the drift: it
 * is valid, ended, or in grace between the two.
 */
record Ends(Timing timing, Rules rules) {
  /** True time has certainly not reached the lease's end. */
  boolean isValid(Lease lease, long now) {
    return now < lease.until() - timing.drift();
  }

  /** True time has certainly passed the lease's end. */
  boolean isOver(Lease lease, long now) {
    return now >= overAt(lease);
  }

  /** When that is so by the clock of whoever asks. */
  long overAt(Lease lease) {
    return rules.keep(Rule.GRACE)
        ? lease.until() + timing.drift() + 1
        : lease.until() - timing.drift();
  }

  /** Its holder must not act from then on. */
  long holderStopsAt(Lease lease) {
    return rules.keep(Rule.HOLDER_STOPS_EARLY) ? lease.until() - timing.drift() : lease.until();
  }
}
