package io.troupe.lsm.replicated;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One member's part in a replicated log, as a pure state machine: {@link LogInput inputs} with the
 * time go in, {@link LogEffect effects} in their order come out. For one thread.
 *
 * <p><b>How it works.</b> Whoever holds the group's lease becomes master. It takes an epoch that is
 * higher than any it has seen and asks all voters for the promise to refuse older ones; they put
 * the promise on disk before they give it. Once a majority has promised it takes over the longest
 * log among them, by the {@link Position} of its end, adds an entry of its own epoch, the barrier,
 * and when that is on a majority it serves. From then on an entry is committed when a majority has
 * it on disk: one round trip, no vote.
 *
 * <p><b>Why it is safe.</b> Safety rests on promises, never on the lease or on a clock; two holders
 * of the lease only cost time.
 *
 * <ol>
 *   <li>An epoch has at most one master: a voter promises an epoch once, and two majorities share a
 *       voter. Therefore epoch and index name an entry.
 *   <li>Logs that have an entry in common are equal up to it: entries are taken only behind a
 *       position that the log has.
 *   <li>A committed entry is in the log of each later master. The voter that the majorities of both
 *       share had the entry when it promised the later epoch, since afterwards it would have
 *       refused it; the log that the new master took over ends no earlier in the order of
 *       positions. If its last entry is of the same epoch, it is longer and so has the entry (2.);
 *       if of a later one, then that epoch's master had it, by induction.
 *   <li>An entry of an earlier epoch counts as committed only with an entry of the master's own
 *       behind it (the barrier): on a majority alone it could still be replaced by a longer log of
 *       an epoch in between.
 *   <li>A membership counts from the moment when its entry is in a log. It changes by one voter at
 *       a time, only by a master that serves and after the last change is committed, so that
 *       majorities of neighbouring memberships overlap. A candidate needs the promises of a
 *       majority of the membership that is in the log which it has taken over.
 * </ol>
 *
 * <p>The protocol is Paxos over a log; its parts are known from Viewstamped Replication (Oki and
 * Liskov, 1988) and Raft (Ongaro and Ousterhout, 2014).
 */
public final class ReplicatedLog {

  private final LogState state;
  private final Follower follower;
  private @Nullable Recovery recovery;
  private @Nullable Master master;
  private boolean leaseHeld;
  private long seenEpoch;
  private long recoverAt;

  /**
   * A member as it starts, with what is on its disk.
   *
   * @param promised the newest epoch that it promised; 0 if none
   * @param applied up to where the state has the entries; not before the base of the log
   */
  public ReplicatedLog(
      MemberId self, LogSettings settings, Outline outline, long promised, long applied) {
    this.state = new LogState(self, settings, outline, promised, applied);
    this.follower = new Follower(state);
  }

  /** Whether it may answer from its state, as long as it holds the lease. */
  public boolean isServing() {
    return master != null && master.isServing();
  }

  /** Entries up to here are committed. */
  public long committed() {
    return state.committed();
  }

  /** Whether its log has the entry of that position, or begins behind it. */
  public boolean has(Position position) {
    return state.outline.has(position);
  }

  /** The position of an entry that its log has, or of its base. */
  public Position positionAt(long index) {
    return new Position(state.outline.epochAt(index), index);
  }

  /** Who votes at an index that its log has, or at its base. */
  public Membership membershipAt(long index) {
    return state.outline.membershipAt(index);
  }

  /** Where its log begins: what lies at or before it was dropped. */
  public Position base() {
    return state.outline.base();
  }

  /** Where its log ends. */
  public Position last() {
    return state.outline.last();
  }

  /** Who votes, as far as it knows. */
  public Membership membership() {
    return state.outline.membership();
  }

  /** Whose entries it takes, as far as it knows. */
  public Optional<MemberId> masterHint() {
    return master != null ? Optional.of(state.self) : Optional.ofNullable(follower.master());
  }

  /** How far another member has come; empty when this one is not master or does not feed it. */
  public Optional<Long> match(MemberId member) {
    return master == null ? Optional.empty() : master.match(member);
  }

  /** Whether a snapshot of that position would bring anything new. */
  public boolean wantsSnapshot(Position position) {
    return position.index() > state.committed();
  }

  /**
   * Something happened.
   *
   * @param nowNanos of a clock that never goes back
   * @return what is to be done, in this order
   */
  public List<LogEffect> on(LogInput input, long nowNanos) {
    switch (input) {
      case LogInput.Received(MemberId from, LogMessage message) -> receive(from, message, nowNanos);
      case LogInput.Tick() -> tick(nowNanos);
      case LogInput.LeaseGained() -> {
        leaseHeld = true;
        recover(nowNanos);
      }
      case LogInput.LeaseLost() -> {
        leaseHeld = false;
        stepDown();
      }
      case LogInput.Propose(LogEntry.Content content) -> {
        if (master == null) {
          state.effect(new LogEffect.Rejected(content, "not the master"));
        } else {
          master.onPropose(content, nowNanos);
        }
      }
      case LogInput.Learner(MemberId member, boolean wanted) -> {
        if (master != null) {
          master.onLearner(member, wanted, nowNanos);
        }
      }
      case LogInput.Persisted(long ticket) -> persisted(ticket, nowNanos);
      case LogInput.SnapshotInstalled(Position position, Membership membership) ->
          installed(position, membership, nowNanos);
      case LogInput.Compacted(long index) -> state.compact(index);
      case LogInput.Transfer(MemberId to) -> {
        if (master != null) {
          master.onTransfer(to);
        }
      }
    }
    return state.takeEffects();
  }

  @Override
  public String toString() {
    String role = recovery != null ? "recovering" : master != null ? "master" : "following";
    return role
        + " in epoch "
        + state.promised()
        + ", log to "
        + last()
        + ", committed to "
        + committed()
        + ", "
        + membership();
  }

  private void receive(MemberId from, LogMessage message, long now) {
    switch (message) {
      case LogMessage.Prepare(long epoch) -> {
        if (follower.onPrepare(from, epoch)) {
          stepDown();
        }
      }
      case LogMessage.Append append -> {
        if (append.epoch() < state.promised()) {
          state.send(from, new LogMessage.Refused(append.epoch(), state.promised()));
        } else if (master != null && master.epoch() == append.epoch()) {
          throw new IllegalStateException("two masters of epoch " + append.epoch());
        } else {
          stepDown();
          follower.onAppend(from, append);
        }
      }
      case LogMessage.Fetch fetch -> follower.onFetch(from, fetch);
      case LogMessage.Refused refused -> {
        if (refused.epoch() == epoch()) {
          seenEpoch = Math.max(seenEpoch, refused.promised());
          recoverAt = now + state.settings.retryNanos();
          stepDown();
        }
      }
      case LogMessage.Promised promised -> {
        if (recovery != null && promised.epoch() == recovery.epoch()) {
          recovery.onPromised(from, promised);
          proceed(now);
        }
      }
      case LogMessage.Fetched fetched -> {
        if (recovery != null && fetched.epoch() == recovery.epoch()) {
          recovery.onFetched(from, fetched);
          proceed(now);
        }
      }
      case LogMessage.Mismatch mismatch -> {
        if (recovery != null && mismatch.epoch() == recovery.epoch()) {
          recovery.onMismatch(from, mismatch.tryAfter(), now);
        } else if (master != null && mismatch.epoch() == master.epoch()) {
          master.onMismatch(from, mismatch.tryAfter(), now);
        }
      }
      case LogMessage.Appended appended -> {
        if (master != null && appended.epoch() == master.epoch()) {
          master.onAppended(from, appended, now);
        }
      }
    }
  }

  private void tick(long now) {
    if (recovery != null) {
      recovery.onTick(now);
      proceed(now);
    } else if (master != null) {
      master.onTick(now);
    } else if (leaseHeld && now >= recoverAt) {
      recover(now);
    }
  }

  private void persisted(long ticket, long now) {
    state.persisted(ticket);
    follower.onPersisted(ticket);
    if (recovery != null) {
      recovery.onPersisted(ticket);
      proceed(now);
    } else if (master != null) {
      master.onPersisted();
    }
  }

  private void installed(Position position, Membership membership, long now) {
    if (!wantsSnapshot(position)) {
      throw new IllegalArgumentException(
          "a snapshot of " + position + " is older than what is committed");
    }
    state.installed(position, membership);
    follower.onInstalled();
    if (recovery != null) {
      recovery.onInstalled();
      proceed(now);
    }
  }

  private void recover(long now) {
    if (master == null && recovery == null) {
      recovery = new Recovery(state, Math.max(state.promised(), seenEpoch) + 1, now);
    }
  }

  private void proceed(long now) {
    Recovery current = recovery;
    if (current == null || !current.isComplete(now)) {
      return;
    }
    recovery = null;
    if (membership().voters().contains(state.self)) {
      master = new Master(state, current.epoch(), now);
    } else {
      recoverAt = now + state.settings.retryNanos();
      state.effect(new LogEffect.ReleaseLease(Optional.empty()));
    }
  }

  private void stepDown() {
    recovery = null;
    Master current = master;
    master = null;
    if (current != null && current.isServing()) {
      state.effect(new LogEffect.StopServing(current.epoch()));
    }
  }

  /** The epoch that this member speaks for; 0 when it is a follower. */
  private long epoch() {
    if (recovery != null) {
      return recovery.epoch();
    }
    return master != null ? master.epoch() : 0;
  }
}
