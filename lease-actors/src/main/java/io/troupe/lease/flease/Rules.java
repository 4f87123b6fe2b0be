package io.troupe.lease.flease;

import java.util.EnumSet;
import java.util.Set;

/** The rules that safety rests on. Only tests leave some out, to see that it matters. */
final class Rules {
  static final Rules ALL = new Rules(EnumSet.allOf(Rule.class), false);

  enum Rule {
    /** A participant that restarted answers no round that began before its mute time has passed. */
    MUTE_AFTER_RESTART,
    /** A lease in grace is nobody else's yet. */
    GRACE,
    /** The holder stops one drift before the end. */
    HOLDER_STOPS_EARLY,
    /** A ballot carries its node and that node's life: no two rounds have the same. */
    OWN_BALLOTS,
    /** Nobody votes below its promise. */
    PROMISE,
    /** More than half. */
    MAJORITY,
    /** A change of the holder raises the epoch. */
    RAISE_EPOCH,
    /** A proposer that meets a lease proposes that one. */
    ADOPT,
    /** A view that was closed has no more leases. */
    VIEW,
    /** The holder stops before it says that it has stopped. */
    STOP_BEFORE_GIVING_BACK,
    /** A cell is forgotten only when nothing of it binds anybody. */
    FORGET_LATE
  }

  private final Set<Rule> kept;
  private final boolean countBallots;

  private Rules(Set<Rule> kept, boolean countBallots) {
    this.kept = kept;
    this.countBallots = countBallots;
  }

  static Rules without(Rule rule) {
    return new Rules(EnumSet.complementOf(EnumSet.of(rule)), false);
  }

  /**
   * With ballots that follow no clock. The protocol is as safe; but a ballot that follows a sound
   * clock also tells when its round began, which hides faults.
   */
  Rules countingBallots() {
    return new Rules(kept, true);
  }

  boolean countBallots() {
    return countBallots;
  }

  boolean keep(Rule rule) {
    return kept.contains(rule);
  }
}
