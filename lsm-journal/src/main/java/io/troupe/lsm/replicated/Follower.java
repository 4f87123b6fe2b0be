package io.troupe.lsm.replicated;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every member does for others, whatever else it is. */
final class Follower {

  private final LogState state;
  private @Nullable MemberId promisedTo;
  private long promisedEpoch; // older than the promise of the state, if that is the member's own
  private long promiseTicket;
  private boolean promiseOnDisk;
  private @Nullable MemberId master;
  private long masterEpoch;

  /** The log is equal to that of the master of {@code masterEpoch} up to here. */
  private long equal;

  /** The master says that it has committed up to here. */
  private long learned;

  Follower(LogState state) {
    this.state = state;
  }

  /** The master whose entries were last taken, if any. */
  @Nullable MemberId master() {
    return master;
  }

  /** Whether the promise was new: then this member is nothing else any more. */
  boolean onPrepare(MemberId from, long epoch) {
    if (epoch > state.promised()) {
      promise(from, epoch);
      return true;
    }
    if (epoch < state.promised() || epoch != promisedEpoch || !from.equals(promisedTo)) {
      state.send(from, new LogMessage.Refused(epoch, state.promised()));
    } else if (promiseOnDisk) {
      state.send(from, new LogMessage.Promised(epoch, state.outline.last()));
    }
    return false;
  }

  /** Takes entries of a master whose epoch is not older than the promise. */
  void onAppend(MemberId from, LogMessage.Append append) {
    if (append.epoch() > state.promised()) {
      promise(from, append.epoch());
    }
    if (masterEpoch != append.epoch()) {
      masterEpoch = append.epoch();
      equal = 0;
    }
    master = from;
    Outline outline = state.outline;
    Position base = outline.base();
    if (append.after().index() >= base.index() && !outline.has(append.after())) {
      state.send(from, new LogMessage.Mismatch(append.epoch(), tryAfter(append.after().index())));
      return;
    }
    List<LogEntry> entries = append.entries();
    state.takeOver(entries);
    // What is at or before the base is committed, so that every master has it.
    long upTo = entries.isEmpty() ? append.after().index() : entries.getLast().index();
    equal = Math.max(equal, Math.max(upTo, base.index()));
    learned = Math.max(learned, Math.min(append.committed(), equal));
    state.commit(learned);
    if (state.durable() >= equal) {
      acknowledge();
    }
  }

  void onFetch(MemberId from, LogMessage.Fetch fetch) {
    Outline outline = state.outline;
    if (fetch.epoch() != state.promised()) {
      state.send(from, new LogMessage.Refused(fetch.epoch(), state.promised()));
    } else if (!outline.has(fetch.after()) && fetch.after().index() <= outline.base().index()) {
      // Either dropped here, or not what was committed: then no entries can help.
      state.effect(new LogEffect.ShipSnapshot(from, fetch.epoch()));
    } else if (!outline.has(fetch.after())) {
      state.send(from, new LogMessage.Mismatch(fetch.epoch(), tryAfter(fetch.after().index())));
    } else {
      long upTo = Math.min(outline.lastIndex(), fetch.after().index() + state.settings.window());
      state.effect(
          new LogEffect.Ship(from, fetch.epoch(), fetch.after(), upTo, state.committed(), true));
    }
  }

  void onPersisted(long ticket) {
    MemberId candidate = promisedTo;
    if (candidate != null && !promiseOnDisk && ticket >= promiseTicket) {
      promiseOnDisk = true;
      if (promisedEpoch == state.promised() && masterEpoch != promisedEpoch) {
        state.send(candidate, new LogMessage.Promised(state.promised(), state.outline.last()));
      }
    }
    state.commit(learned);
    acknowledge();
  }

  void onInstalled() {
    equal = Math.max(equal, state.outline.base().index());
    acknowledge();
  }

  private void promise(MemberId to, long epoch) {
    promisedTo = to;
    promisedEpoch = epoch;
    promiseTicket = state.promise(epoch);
    promiseOnDisk = false;
  }

  /**
   * Says nothing in an epoch before its promise is on disk, whether it was given to that master or
   * to another candidate: a crash could make it forget that.
   */
  private void acknowledge() {
    MemberId to = master;
    if (to != null && masterEpoch == state.promised() && state.promiseOnDisk()) {
      state.send(
          to,
          new LogMessage.Appended(
              masterEpoch, Math.min(equal, state.durable()), state.committed()));
    }
  }

  /** Where the other one may try again: in front of the whole epoch that did not fit. */
  private long tryAfter(long index) {
    Outline outline = state.outline;
    return index > outline.lastIndex()
        ? outline.lastIndex()
        : Math.max(outline.base().index(), outline.firstOfEpochAt(index) - 1);
  }
}
