package io.troupe.lsm.replicated;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A member on its way to be master of an epoch: it collects the promises of a majority, then the
 * longest log among them.
 */
final class Recovery {

  private final LogState state;
  private final long epoch;
  private final long ownTicket;
  private final Map<MemberId, Position> promises = new TreeMap<>();
  private boolean ownOnDisk;
  private @Nullable MemberId source;
  private @Nullable MemberId equalTo;
  private long equalUpTo; // this log and that of equalTo are equal up to here
  private Membership asked;
  private long askedAfter;
  private long askedAt;

  Recovery(LogState state, long epoch, long now) {
    this.state = state;
    this.epoch = epoch;
    this.ownTicket = state.promise(epoch);
    this.askedAt = now;
    this.asked = state.outline.membership();
    prepare();
  }

  long epoch() {
    return epoch;
  }

  void onPersisted(long ticket) {
    ownOnDisk |= ticket >= ownTicket;
  }

  void onPromised(MemberId from, LogMessage.Promised promised) {
    promises.put(from, promised.last());
  }

  void onFetched(MemberId from, LogMessage.Fetched fetched) {
    if (from.equals(source) && state.outline.has(fetched.after())) {
      state.takeOver(fetched.entries());
      source = null;
      equalTo = from;
      equalUpTo = fetched.after().index() + fetched.entries().size();
    }
  }

  void onMismatch(MemberId from, long tryAfter, long now) {
    if (from.equals(source) && tryAfter < askedAfter) {
      fetch(from, Math.max(tryAfter, state.outline.base().index()), now);
    }
  }

  /** The state of the source was installed, or something else. */
  void onInstalled() {
    source = null;
    equalTo = null;
  }

  void onTick(long now) {
    if (now - askedAt >= state.settings.retryNanos()) {
      askedAt = now;
      source = null;
      equalTo = null;
      prepare();
    }
  }

  /** Goes on; true when this member has what a majority has, and may be master. */
  boolean isComplete(long now) {
    Membership membership = state.outline.membership();
    if (!membership.majority(member -> hasPromised(member))) {
      prepareNew(membership);
      return false;
    }
    MemberId longest = null;
    Position last = state.outline.last();
    for (Map.Entry<MemberId, Position> promise : promises.entrySet()) {
      if (promise.getValue().compareTo(last) > 0) {
        longest = promise.getKey();
        last = promise.getValue();
      }
    }
    if (longest == null) {
      return true;
    }
    if (source == null) {
      long after =
          longest.equals(equalTo) ? equalUpTo : Math.min(state.outline.lastIndex(), last.index());
      fetch(longest, Math.max(after, state.outline.base().index()), now);
    }
    return false;
  }

  private boolean hasPromised(MemberId member) {
    return member.equals(state.self) ? ownOnDisk : promises.containsKey(member);
  }

  private void fetch(MemberId from, long after, long now) {
    source = from;
    askedAfter = after;
    askedAt = now;
    state.send(
        from, new LogMessage.Fetch(epoch, new Position(state.outline.epochAt(after), after)));
  }

  private void prepare() {
    asked = state.outline.membership();
    for (MemberId member : asked.voters()) {
      if (!member.equals(state.self) && !promises.containsKey(member)) {
        state.send(member, new LogMessage.Prepare(epoch));
      }
    }
  }

  /** The log that was taken over may have brought other voters. */
  private void prepareNew(Membership membership) {
    if (!membership.equals(asked)) {
      prepare();
    }
  }
}
