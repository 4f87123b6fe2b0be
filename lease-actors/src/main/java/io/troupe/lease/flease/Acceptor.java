package io.troupe.lease.flease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.Ballot;
import io.troupe.actors.lease.Lease;
import io.troupe.actors.lease.LeaseMessage;
import io.troupe.lease.flease.Rules.Rule;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Promises and votes of one participant in one cell. They live in memory only; what was forgotten,
 * by a restart or because the cell was idle, is made up for by silence towards rounds that began
 * before {@code since}.
 */
final class Acceptor {
  private final CellId cell;
  private final Timing timing;
  private final Rules rules;
  private final Ends ends;
  private final long since;
  private long view;
  private Ballot promised = Ballot.NONE;
  private Ballot votedIn = Ballot.NONE;
  private @Nullable Lease vote;

  /** A lease of which this participant knows that a majority has voted for it. */
  private @Nullable Lease chosen;

  private Epoch epoch;
  private long touched;

  /**
   * @param view older ones are closed
   * @param since rounds that began before get no answer
   * @param epoch no lease had a higher one, as far as is known
   */
  Acceptor(CellId cell, Ends ends, long view, Epoch epoch, long since, long now) {
    this.cell = cell;
    this.timing = ends.timing();
    this.rules = ends.rules();
    this.ends = ends;
    this.view = view;
    this.epoch = epoch;
    this.since = since;
    this.touched = now;
  }

  Optional<LeaseMessage> prepare(NodeId from, LeaseMessage.Prepare m, boolean alone, long now) {
    if (isWrong(m.view())) {
      return wrongView(m.ballot());
    }
    if (isMuteFor(m.began(), alone)) {
      return Optional.empty();
    }
    if (m.ballot().isBelow(promised)) {
      return Optional.of(new LeaseMessage.Outbid(cell, m.ballot(), promised));
    }
    Lease known = chosen;
    if (known != null && !known.holder().equals(from) && !ends.isOver(known, now)) {
      // A promise would end the holder's way to renew in one round trip, to nobody's use.
      return Optional.of(new LeaseMessage.Held(cell, m.ballot(), known));
    }
    promised = m.ballot();
    touched = now;
    Optional<LeaseMessage.Vote> voted =
        vote == null ? Optional.empty() : Optional.of(new LeaseMessage.Vote(votedIn, vote));
    return Optional.of(new LeaseMessage.Promise(cell, m.ballot(), voted, epoch));
  }

  Optional<LeaseMessage> accept(LeaseMessage.Accept m, boolean alone, long now) {
    if (isWrong(m.view())) {
      return wrongView(m.ballot());
    }
    if (isMuteFor(m.began(), alone) || !isVotable(m.lease(), now)) {
      return Optional.empty();
    }
    if (rules.keep(Rule.PROMISE) && m.ballot().isBelow(promised)) {
      return Optional.of(new LeaseMessage.Outbid(cell, m.ballot(), promised));
    }
    return vote(m.ballot(), m.lease(), now);
  }

  Optional<LeaseMessage> renew(LeaseMessage.Renew m, long now) {
    if (isWrong(m.view())) {
      return wrongView(m.ballot());
    }
    if (!isVotable(m.lease(), now)) {
      return Optional.empty();
    }
    if (rules.keep(Rule.PROMISE) && m.ballot().isBelow(promised)) {
      return Optional.of(new LeaseMessage.Outbid(cell, m.ballot(), promised));
    }
    if (!m.ballot().equals(votedIn)) {
      return Optional.of(new LeaseMessage.Forgotten(cell, m.ballot()));
    }
    Optional<LeaseMessage> answer = vote(m.ballot(), m.lease(), now);
    if (answer.isPresent()) {
      // Only a holder renews.
      chosen = vote;
    }
    return answer;
  }

  private Optional<LeaseMessage> vote(Ballot ballot, Lease lease, long now) {
    Lease before = vote;
    if (before != null && before.isSameAs(lease) && before.isGivenBack()) {
      // Late: its holder has given it back since.
      return Optional.empty();
    }
    boolean repeated = ballot.equals(votedIn) && before != null && before.until() > lease.until();
    if (!repeated) {
      vote = lease;
    }
    votedIn = ballot;
    promised = ballot;
    touched = now;
    raise(lease.epoch());
    if (chosen != null && chosen.epoch().compareTo(lease.epoch()) < 0) {
      chosen = null;
    }
    return Optional.of(new LeaseMessage.Accepted(cell, ballot, lease.until()));
  }

  /** True time is before the end, and the end is one that a sound proposer may set. */
  private boolean isVotable(Lease lease, long now) {
    return ends.isValid(lease, now)
        && lease.until() <= now + timing.maxLease() + 2 * timing.drift();
  }

  /**
   * A node that is alone in its cell is bound by nobody's memory: what it held ended with the
   * process that held it.
   */
  private boolean isMuteFor(long began, boolean alone) {
    return !alone && began < since;
  }

  void learn(Lease lease) {
    raise(lease.epoch());
    Lease voted = vote;
    boolean over = voted != null && voted.isSameAs(lease) && voted.isGivenBack();
    boolean older =
        chosen != null
            && (chosen.epoch().compareTo(lease.epoch()) > 0
                || (chosen.isSameAs(lease) && chosen.until() >= lease.until()));
    if (!over && !older) {
      chosen = lease;
    }
  }

  /** The holder itself says so: whatever was voted for, nobody acts under it any more. */
  void givenBack(NodeId holder, Epoch ended) {
    if (vote != null && vote.epoch().equals(ended) && vote.holder().equals(holder)) {
      vote = vote.givenBack();
    }
    if (chosen != null && chosen.epoch().equals(ended) && chosen.holder().equals(holder)) {
      chosen = null;
    }
    raise(ended);
  }

  private void raise(Epoch heard) {
    if (heard.compareTo(epoch) > 0) {
      epoch = heard;
    }
  }

  private boolean isWrong(long proposers) {
    if (proposers > view) {
      view = proposers;
    }
    return proposers < view && rules.keep(Rule.VIEW);
  }

  private Optional<LeaseMessage> wrongView(Ballot ballot) {
    return Optional.of(new LeaseMessage.WrongView(cell, ballot, view));
  }

  /**
   * Votes in no view up to that one any more.
   *
   * @return true time at which every lease has ended that this participant has voted for, or may
   *     have and forgotten
   */
  long close(long closed, boolean alone, long now) {
    view = Math.max(view, closed + 1);
    long free = vote == null ? Lease.GIVEN_BACK : vote.until();
    return Math.max(free, alone || since < now ? Lease.GIVEN_BACK : since - timing.drift());
  }

  long view() {
    return view;
  }

  Epoch epoch() {
    return epoch;
  }

  /** Somebody else's lease that has certainly not ended. */
  Optional<Lease> heldByOther(NodeId self, long now) {
    Lease known = chosen;
    return known != null && !known.holder().equals(self) && !ends.isOver(known, now)
        ? Optional.of(known)
        : Optional.empty();
  }

  /** When a promise or vote was last given. */
  long touched() {
    return touched;
  }
}
