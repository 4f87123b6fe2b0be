package io.troupe.lease.flease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.Ballot;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.Lease;
import io.troupe.actors.lease.LeaseMessage;
import io.troupe.lease.flease.Rules.Rule;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Wins, renews and gives up the lease of one cell for its node.
 *
 * <p>Whether it holds the lease depends on its clock alone: {@link #held}. It believes in a lease
 * only when a majority's votes have reached itself, for a round of its own.
 */
final class Proposer {
  static final int MAX_MEMBERS = 63;
  private static final long NEVER = Long.MAX_VALUE;

  private final CellId cell;
  private final NodeId self;
  private final long incarnation;
  private final Timing timing;
  private final Rules rules;
  private final Ends ends;
  private final Acceptor acceptor;
  private final Effects effects;
  private final CellView view;
  private final List<NodeId> members;
  private final int quorum;

  private long lastNumber = Long.MIN_VALUE + 1;
  private @Nullable Round round;
  private @Nullable Lease held;
  private Ballot heldIn = Ballot.NONE;

  /** Somebody has lost its memory, or a lower ballot would not do: the next renewal is whole. */
  private boolean renewWhole;

  private boolean keeping;
  private boolean asked;
  private long duration;
  private int attempt;
  private long nextTry = NEVER;

  Proposer(
      CellId cell,
      NodeId self,
      long incarnation,
      Ends ends,
      Acceptor acceptor,
      CellView view,
      Effects effects) {
    this.cell = cell;
    this.self = self;
    this.incarnation = incarnation;
    this.ends = ends;
    this.timing = ends.timing();
    this.rules = ends.rules();
    this.acceptor = acceptor;
    this.view = view;
    this.effects = effects;
    this.members = view.members().isEmpty() ? List.of(self) : view.members();
    this.quorum =
        rules.keep(Rule.MAJORITY) ? members.size() / 2 + 1 : Math.max(1, members.size() / 2);
    if (!isMember(self, view)) {
      throw new IllegalArgumentException(self + " cannot hold cell " + cell + " in " + view);
    }
  }

  /** Of a view that is sound. */
  static boolean isMember(NodeId self, CellView view) {
    return view.members().isEmpty()
        || (view.members().contains(self)
            && view.members().size() <= MAX_MEMBERS
            && view.members().stream().distinct().count() == view.members().size());
  }

  CellView view() {
    return view;
  }

  // ---- what the node asks

  /** Asks for the lease once, or to hold it from now on. */
  void acquire(long howLong, boolean keep, long now) {
    duration = Math.min(howLong, timing.maxLease());
    keeping |= keep;
    asked = true;
    attempt = 0;
    if (round == null) {
      tryNow(now);
    }
  }

  /** The lease by this node's clock. */
  Optional<Lease> held(long now) {
    Lease lease = held;
    return lease != null && now < ends.holderStopsAt(lease) ? Optional.of(lease) : Optional.empty();
  }

  boolean isIdle() {
    return round == null && held == null && !keeping && !asked;
  }

  /** Gives up the lease of that epoch, and wants it no more; a later one stays. */
  void release(Epoch granted, Optional<NodeId> successor) {
    if (held != null && held.epoch().equals(granted)) {
      giveUp(successor);
    }
  }

  /** Whatever it holds or was about to hold. */
  void giveUp(Optional<NodeId> successor) {
    keeping = false;
    asked = false;
    nextTry = NEVER;
    Round r = round;
    round = null;
    Lease lease = held;
    if (lease == null && r != null) {
      // Votes for it may be on their way: nobody shall wait for the end of a lease without holder.
      lease = r.proposal().filter(p -> p.holder().equals(self)).orElse(null);
    }
    if (rules.keep(Rule.STOP_BEFORE_GIVING_BACK)) {
      held = null;
    }
    if (lease != null) {
      acceptor.givenBack(self, lease.epoch());
      toOthers(new LeaseMessage.GivenBack(cell, view.version(), lease.epoch(), successor));
    }
  }

  // ---- time

  long wakeAt() {
    long at = Math.min(nextTry, round == null ? NEVER : round.deadline());
    return held == null ? at : Math.min(at, ends.holderStopsAt(held));
  }

  void tick(long now) {
    Lease lease = held;
    if (lease != null && held(now).isEmpty()) {
      lose(lease, now);
    }
    Round r = round;
    if (r != null && now >= r.deadline()) {
      round = null;
      if (r.step() == Round.Step.RENEW) {
        beginWhole(now);
      } else {
        failed(now);
      }
    }
    if (round == null && now >= nextTry) {
      tryNow(now);
    }
  }

  private void lose(Lease lease, long now) {
    held = null;
    Round r = round;
    if (r != null && r.proposal().filter(lease::isSameAs).isPresent()) {
      // The epoch has ended with the lease: what comes of this round must not bring it back.
      round = null;
    }
    effects.tell(new LeaseEvent.Lost(cell, lease.epoch()));
    if (keeping && round == null) {
      attempt = 0;
      nextTry = now;
    }
  }

  private void tryNow(long now) {
    nextTry = NEVER;
    Optional<Lease> lease = held(now);
    Optional<Lease> others = acceptor.heldByOther(self, now);
    if (lease.isPresent() && !renewWhole) {
      renew(lease.get(), now);
    } else if (others.isPresent()) {
      heldBy(others.get(), now);
    } else {
      beginWhole(now);
    }
  }

  // ---- rounds

  private void renew(Lease lease, long now) {
    Lease longer = new Lease(self, lease.epoch(), Math.max(lease.until(), now + duration));
    Round r = Round.renewal(heldIn, now, members.size(), quorum, now + timing.timeout(), longer);
    round = r;
    LeaseMessage.Renew message = new LeaseMessage.Renew(cell, view.version(), r.ballot, longer);
    toOthers(message);
    handleOwn(acceptor.renew(message, now), now);
  }

  private void beginWhole(long now) {
    renewWhole = false;
    long number = rules.countBallots() ? lastNumber + 1 : Math.max(now, lastNumber + 1);
    lastNumber = number;
    Ballot ballot =
        rules.keep(Rule.OWN_BALLOTS)
            ? new Ballot(number, self, incarnation)
            : new Ballot(number, Ballot.NONE.node(), 0);
    round = Round.whole(ballot, now, members.size(), quorum, now + timing.timeout());
    LeaseMessage.Prepare message = new LeaseMessage.Prepare(cell, view.version(), ballot, now);
    toOthers(message);
    handleOwn(acceptor.prepare(self, message, isAlone(), now), now);
  }

  private void choose(Round r, long now) {
    Optional<Lease> met = r.met(l -> ends.isOver(l, now));
    if (met.isPresent() && !met.get().holder().equals(self) && rules.keep(Rule.ADOPT)) {
      if (ends.isValid(met.get(), now)) {
        // Perhaps no majority has voted for it: this settles whether it is held.
        propose(r, met.get(), now);
      } else {
        // In grace only the old holder could be proposed, and for so short a time nobody votes.
        round = null;
        heldBy(met.get(), now);
      }
      return;
    }
    Optional<Lease> mine = held(now);
    Epoch epoch = mine.isPresent() ? mine.get().epoch() : nextEpoch(r, now);
    propose(r, new Lease(self, epoch, r.began + duration), now);
  }

  /**
   * Above all that a majority remembers; and above what was forgotten, since that lies in the past.
   */
  private Epoch nextEpoch(Round r, long now) {
    if (!rules.keep(Rule.RAISE_EPOCH)) {
      return new Epoch(Math.max(r.epoch().number(), 1));
    }
    return new Epoch(Math.max(Math.max(r.epoch().number(), acceptor.epoch().number()) + 1, now));
  }

  private void propose(Round r, Lease lease, long now) {
    r.propose(lease, now + timing.timeout());
    LeaseMessage.Accept message =
        new LeaseMessage.Accept(cell, view.version(), r.ballot, r.began, lease);
    toOthers(message);
    handleOwn(acceptor.accept(message, isAlone(), now), now);
  }

  private void won(Round r, Lease lease, long now) {
    round = null;
    if (!lease.holder().equals(self)) {
      acceptor.learn(lease);
      toOthers(new LeaseMessage.Learn(cell, view.version(), lease));
      heldBy(lease, now);
      return;
    }
    if (now >= ends.holderStopsAt(lease)) {
      failed(now);
      return;
    }
    boolean anew = held == null || !held.isSameAs(lease);
    held = lease;
    heldIn = r.ballot;
    attempt = 0;
    if (anew) {
      acceptor.learn(lease);
      toOthers(new LeaseMessage.Learn(cell, view.version(), lease));
    }
    asked = false;
    effects.tell(new LeaseEvent.Granted(cell, lease.epoch(), lease.until() - timing.drift()));
    nextTry = keeping ? renewAt(lease, now) : NEVER;
  }

  /** Somewhere from half to five eighths of the time: many cells won at once drift apart. */
  private long renewAt(Lease lease, long now) {
    long usable = lease.until() - timing.drift() - now;
    return now + usable / 2 + effects.random(usable / 8 + 1);
  }

  private void heldBy(Lease lease, long now) {
    refused("held by node " + lease.holder(), ends.overAt(lease), now);
  }

  private void failed(long now) {
    attempt++;
    if (attempt > timing.retries() && !keeping) {
      refused("no majority of its participants answers", now + timing.maxLease() / 4, now);
      return;
    }
    if (asked && attempt > timing.retries()) {
      asked = false;
      effects.tell(
          new LeaseEvent.Refused(
              cell, "no majority of its participants answers", now + timing.maxLease() / 4));
    }
    long most = timing.timeout() << Math.min(attempt, 3);
    nextTry = now + 1 + effects.random(Math.min(most, timing.maxLease() / 2));
  }

  private void refused(String reason, long retryAt, long now) {
    if (asked) {
      asked = false;
      effects.tell(new LeaseEvent.Refused(cell, reason, retryAt));
    }
    attempt = 0;
    nextTry = keeping ? Math.max(retryAt, now + 1) + effects.random(timing.timeout()) : NEVER;
  }

  // ---- answers

  private void handleOwn(Optional<LeaseMessage> answer, long now) {
    if (answer.isPresent()) {
      handle(self, answer.get(), now);
    }
  }

  void handle(NodeId from, LeaseMessage answer, long now) {
    Round r = round;
    int member = members.indexOf(from);
    if (r == null || member < 0) {
      return;
    }
    switch (answer) {
      case LeaseMessage.Promise m -> {
        if (r.step() == Round.Step.PREPARE
            && m.ballot().equals(r.ballot)
            && r.promised(member, m)) {
          choose(r, now);
        }
      }
      case LeaseMessage.Accepted m -> {
        Lease lease = r.proposal().orElse(null);
        if (lease != null
            && m.ballot().equals(r.ballot)
            && m.until() == lease.until()
            && r.agreed(member)) {
          won(r, lease, now);
        }
      }
      case LeaseMessage.Outbid m -> {
        lastNumber = Math.max(lastNumber, m.promised().number());
        if (m.ballot().equals(r.ballot) && r.declined(member)) {
          declined(r, now);
        }
      }
      case LeaseMessage.Forgotten m -> {
        if (r.step() == Round.Step.RENEW && m.ballot().equals(r.ballot)) {
          renewWhole = true;
          if (r.declined(member)) {
            declined(r, now);
          }
        }
      }
      case LeaseMessage.Held m -> {
        if (r.step() == Round.Step.PREPARE && m.ballot().equals(r.ballot)) {
          acceptor.learn(m.lease());
          round = null;
          heldBy(m.lease(), now);
        }
      }
      case LeaseMessage.WrongView m -> {
        if (m.ballot().equals(r.ballot)) {
          outdated(m.view(), now);
        }
      }
      case LeaseMessage.Prepare m -> {}
      case LeaseMessage.Accept m -> {}
      case LeaseMessage.Renew m -> {}
      case LeaseMessage.Learn m -> {}
      case LeaseMessage.GivenBack m -> {}
    }
  }

  private void declined(Round r, long now) {
    round = null;
    if (r.step() == Round.Step.RENEW) {
      beginWhole(now);
    } else {
      failed(now);
    }
  }

  /** This node's view is not the newest: it stops at once. */
  void outdated(long newer, long now) {
    boolean told = asked;
    Lease lease = held;
    giveUp(Optional.empty());
    held = null;
    if (lease != null) {
      effects.tell(new LeaseEvent.Lost(cell, lease.epoch()));
    }
    if (told) {
      effects.tell(
          new LeaseEvent.Refused(
              cell, "view " + view.version() + " is closed, there is " + newer, now));
    }
  }

  /** The lease has come free before its end. */
  void freed(Optional<NodeId> successor, long now) {
    if (keeping && held == null && round == null) {
      boolean named = successor.filter(self::equals).isPresent();
      long wait = named ? 0 : effects.random(timing.timeout() / 4 + 1);
      // Whoever was named gets the time for a round.
      nextTry = now + wait + (named || successor.isEmpty() ? 0 : 2 * timing.timeout());
    }
  }

  private boolean isAlone() {
    return view.isAlone();
  }

  private void toOthers(LeaseMessage message) {
    for (NodeId member : members) {
      if (!member.equals(self)) {
        effects.send(member, message);
      }
    }
  }
}
