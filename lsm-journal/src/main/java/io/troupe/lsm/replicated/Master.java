package io.troupe.lsm.replicated;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The member that writes the log in its epoch. */
final class Master {

  private final LogState state;
  private final long epoch;
  private final long barrier;
  private final Map<MemberId, Progress> others = new TreeMap<>();
  private final Set<MemberId> learners = new TreeSet<>();
  private boolean serving;
  private @Nullable MemberId successor;
  private boolean released;

  Master(LogState state, long epoch, long now) {
    this.state = state;
    this.epoch = epoch;
    this.barrier = state.outline.lastIndex() + 1;
    state.append(new LogEntry(epoch, barrier, new LogEntry.Barrier()));
    follow(now);
    shipAll(now);
  }

  long epoch() {
    return epoch;
  }

  boolean isServing() {
    return serving;
  }

  /** How far a member has come; empty when it is none. */
  Optional<Long> match(MemberId member) {
    return Optional.ofNullable(others.get(member)).map(progress -> progress.match);
  }

  void onPropose(LogEntry.Content content, long now) {
    Optional<String> refusal = refusal(content);
    if (refusal.isPresent()) {
      state.effect(new LogEffect.Rejected(content, refusal.get()));
      return;
    }
    state.append(new LogEntry(epoch, state.outline.lastIndex() + 1, content));
    if (content instanceof LogEntry.Members) {
      follow(now);
    }
    shipAll(now);
  }

  void onLearner(MemberId member, boolean wanted, long now) {
    if (wanted) {
      learners.add(member);
    } else {
      learners.remove(member);
    }
    follow(now);
    shipAll(now);
  }

  void onTransfer(MemberId to) {
    successor = to.equals(state.self) ? null : to;
    released = false;
    handOver();
  }

  void onAppended(MemberId from, LogMessage.Appended appended, long now) {
    Progress progress = others.get(from);
    if (progress == null) {
      return;
    }
    progress.matched(appended.match());
    progress.committed = Math.max(progress.committed, appended.committed());
    progress.at = now;
    advance();
    ship(from, progress, now);
  }

  void onMismatch(MemberId from, long tryAfter, long now) {
    Progress progress = others.get(from);
    if (progress != null && tryAfter + 1 < progress.next) {
      progress.startAfter(tryAfter);
      ship(from, progress, now);
    }
  }

  void onPersisted() {
    advance();
  }

  /** Sends again what nobody answered, and how far the log is committed. */
  void onTick(long now) {
    others.forEach(
        (member, progress) -> {
          if (now - progress.at >= state.settings.retryNanos()) {
            if (progress.match < state.outline.lastIndex()) {
              progress.again();
              if (progress.next <= state.outline.lastIndex()) {
                ship(member, progress, now);
              } else {
                // The snapshot that it was to get ended here, but it may have got none, or an
                // older one: it is asked, as nobody else would until something is proposed.
                tell(member, progress, now);
              }
            } else if (progress.committed < state.committed()) {
              tell(member, progress, now);
            }
          }
        });
    handOver();
  }

  private Optional<String> refusal(LogEntry.Content content) {
    if (!serving) {
      return Optional.of("not serving yet");
    }
    if (successor != null) {
      return Optional.of("the lease is being handed over");
    }
    if (!(content instanceof LogEntry.Members(Membership membership))) {
      return Optional.empty();
    }
    if (state.outline.membershipIndex() > state.committed()) {
      return Optional.of("another change of the membership is under way");
    }
    if (!membership.isNextTo(state.outline.membership())) {
      return Optional.of("a membership changes by one voter at a time");
    }
    for (MemberId voter : membership.voters()) {
      boolean known = state.outline.membership().voters().contains(voter);
      if (!known && match(voter).orElse(0L) + state.settings.window() < state.outline.lastIndex()) {
        return Optional.of(voter + " lags behind: it has to be a learner first");
      }
    }
    return Optional.empty();
  }

  /** Whoever has to get the log does. */
  private void follow(long now) {
    Set<MemberId> wanted = new TreeSet<>(state.outline.membership().voters());
    wanted.addAll(learners);
    wanted.remove(state.self);
    others.keySet().retainAll(wanted);
    long after = Math.max(state.outline.base().index(), state.outline.lastIndex() - 1);
    for (MemberId member : wanted) {
      others.computeIfAbsent(member, m -> new Progress(after, now));
    }
  }

  private void shipAll(long now) {
    others.forEach((member, progress) -> ship(member, progress, now));
  }

  private void ship(MemberId to, Progress progress, long now) {
    long base = state.outline.base().index();
    if (progress.next <= base) {
      progress.at = now;
      progress.startAfter(base);
      state.effect(new LogEffect.ShipSnapshot(to, epoch));
      return;
    }
    long upTo = Math.min(state.outline.lastIndex(), progress.limit(state.settings.window()));
    if (progress.next <= upTo) {
      long after = progress.next - 1;
      progress.at = now;
      progress.next = upTo + 1;
      shipTo(to, new Position(state.outline.epochAt(after), after), upTo);
    }
  }

  /** Sends no entry, but where the log ends and how far it is committed. */
  private void tell(MemberId to, Progress progress, long now) {
    progress.at = now;
    shipTo(to, state.outline.last(), state.outline.lastIndex());
  }

  private void shipTo(MemberId to, Position after, long upTo) {
    state.effect(new LogEffect.Ship(to, epoch, after, upTo, state.committed(), false));
  }

  /**
   * Commits what a majority of the voters has on disk, from the barrier on: that an older entry is
   * on a majority does not mean yet that no other can take its place.
   */
  private void advance() {
    Membership membership = state.outline.membership();
    long[] matches =
        membership.voters().stream()
            .mapToLong(
                voter -> voter.equals(state.self) ? state.durable() : match(voter).orElse(0L))
            .sorted()
            .toArray();
    long onMajority = matches[(matches.length - 1) / 2];
    if (onMajority >= barrier) {
      state.commit(onMajority);
    }
    if (!serving && state.committed() >= barrier) {
      serving = true;
      state.effect(new LogEffect.Serve(epoch));
    }
    boolean removed = !membership.voters().contains(state.self);
    if (removed && !released && state.outline.membershipIndex() <= state.committed()) {
      released = true;
      state.effect(new LogEffect.ReleaseLease(Optional.empty()));
    }
    handOver();
  }

  private void handOver() {
    MemberId to = successor;
    long last = state.outline.lastIndex();
    if (to != null && !released && state.committed() == last && match(to).orElse(0L) == last) {
      released = true;
      state.effect(new LogEffect.ReleaseLease(Optional.of(to)));
    }
  }
}
