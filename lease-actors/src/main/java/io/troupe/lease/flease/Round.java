package io.troupe.lease.flease;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.lease.Ballot;
import io.troupe.actors.lease.Lease;
import io.troupe.actors.lease.LeaseMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One round of a proposer: in which step it is and who has answered. */
final class Round {
  enum Step {
    PREPARE,
    ACCEPT,
    RENEW
  }

  final Ballot ballot;
  final long began;
  private final int quorum;
  private final int members;
  private Step step;
  private long deadline;
  private long yes;
  private long no;
  private final List<LeaseMessage.Vote> votes = new ArrayList<>(3);
  private @Nullable Lease proposal;
  private Epoch epoch = Epoch.NONE;

  private Round(Ballot ballot, long began, int members, int quorum, Step step, long deadline) {
    this.ballot = ballot;
    this.began = began;
    this.members = members;
    this.quorum = quorum;
    this.step = step;
    this.deadline = deadline;
  }

  static Round whole(Ballot ballot, long began, int members, int quorum, long deadline) {
    return new Round(ballot, began, members, quorum, Step.PREPARE, deadline);
  }

  static Round renewal(
      Ballot ballot, long began, int members, int quorum, long deadline, Lease lease) {
    Round r = new Round(ballot, began, members, quorum, Step.RENEW, deadline);
    r.proposal = lease;
    return r;
  }

  Step step() {
    return step;
  }

  long deadline() {
    return deadline;
  }

  Optional<Lease> proposal() {
    return Optional.ofNullable(proposal);
  }

  /**
   * The lease that the promises tell of: of the votes for leases that are not over, the one in the
   * highest ballot, and in one ballot the latest renewal.
   *
   * <p>What is over must not hide what is not. Where somebody has forgotten a promise, a lease may
   * have been won in a lower ballot than that of a vote for one that was over by then.
   */
  Optional<Lease> met(Predicate<Lease> isOver) {
    return votes.stream()
        .filter(v -> !isGivenBack(v.lease()) && !isOver.test(v.lease()))
        .max(
            Comparator.comparing(LeaseMessage.Vote::ballot)
                .thenComparingLong(v -> v.lease().until()))
        .map(LeaseMessage.Vote::lease);
  }

  /** One that has heard so is enough: it comes from the holder. */
  private boolean isGivenBack(Lease lease) {
    for (LeaseMessage.Vote v : votes) {
      if (v.lease().isGivenBack() && v.lease().isSameAs(lease)) {
        return true;
      }
    }
    return false;
  }

  Epoch epoch() {
    return epoch;
  }

  /** Takes a promise; true once a majority has promised. */
  boolean promised(int member, LeaseMessage.Promise p) {
    p.vote().ifPresent(votes::add);
    if (p.epoch().compareTo(epoch) > 0) {
      epoch = p.epoch();
    }
    return agreed(member);
  }

  void propose(Lease lease, long newDeadline) {
    proposal = lease;
    step = Step.ACCEPT;
    deadline = newDeadline;
    yes = 0;
    no = 0;
  }

  /** True once, when a majority has agreed to this step. */
  boolean agreed(int member) {
    boolean before = Long.bitCount(yes) >= quorum;
    yes |= 1L << member;
    return !before && Long.bitCount(yes) >= quorum;
  }

  /** True once so many have declined that there can be no majority. */
  boolean declined(int member) {
    boolean before = Long.bitCount(no) > members - quorum;
    no |= 1L << member;
    return !before && Long.bitCount(no) > members - quorum;
  }
}
