package io.troupe.lsm.replicated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What a member has on disk or on its way there, and the effects that it wants. */
final class LogState {

  /**
   * Something that was handed to the disk; entries that were cut since are not counted any more.
   */
  private static final class Write {
    final long ticket;
    long entriesUpTo;

    Write(long ticket, long entriesUpTo) {
      this.ticket = ticket;
      this.entriesUpTo = entriesUpTo;
    }
  }

  final MemberId self;
  final LogSettings settings;
  final Outline outline;
  private final ArrayDeque<Write> writes = new ArrayDeque<>();
  private List<LogEffect> effects = new ArrayList<>();
  private long promised;
  private long committed;
  private long durable;
  private long lastTicket;
  private long promiseTicket;
  private long persisted;

  LogState(MemberId self, LogSettings settings, Outline outline, long promised, long committed) {
    this.self = self;
    this.settings = settings;
    this.outline = outline;
    this.promised = promised;
    this.committed = committed;
    this.durable = outline.lastIndex();
  }

  /** The newest epoch that was promised, on disk or on its way there. */
  long promised() {
    return promised;
  }

  /** Whether that promise, whomever it was given, is on disk. */
  boolean promiseOnDisk() {
    return promiseTicket <= persisted;
  }

  /** Entries up to here are known to be committed, and in this log. */
  long committed() {
    return committed;
  }

  /** Entries up to here are on disk. */
  long durable() {
    return durable;
  }

  void effect(LogEffect effect) {
    effects.add(effect);
  }

  void send(MemberId to, LogMessage message) {
    effects.add(new LogEffect.Send(to, message));
  }

  List<LogEffect> takeEffects() {
    List<LogEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** Promises an epoch. Returns the ticket that comes back when it is on disk. */
  long promise(long epoch) {
    promised = epoch;
    promiseTicket = write(durable);
    effects.add(new LogEffect.PersistPromise(promiseTicket, epoch));
    return promiseTicket;
  }

  /** Adds an entry of the member's own. */
  void append(LogEntry entry) {
    outline.append(entry);
    persist(entry.index(), List.of(entry));
  }

  /**
   * Takes over entries that follow a position which the log has: keeps those that it has, removes
   * what contradicts, adds the rest.
   */
  void takeOver(List<LogEntry> entries) {
    int known = 0;
    while (known < entries.size()
        && (entries.get(known).index() <= outline.base().index()
            || outline.has(entries.get(known).position()))) {
      known++;
    }
    List<LogEntry> fresh = entries.subList(known, entries.size());
    if (fresh.isEmpty()) {
      return;
    }
    long from = fresh.getFirst().index();
    if (from <= committed) {
      throw new IllegalStateException(
          "entry " + from + " is to be replaced, committed is " + committed + ", at " + self);
    }
    outline.truncate(from);
    durable = Math.min(durable, from - 1);
    for (Write write : writes) {
      write.entriesUpTo = Math.min(write.entriesUpTo, from - 1);
    }
    fresh.forEach(outline::append);
    persist(from, List.copyOf(fresh));
  }

  /** The write with that ticket, and all before it, are on disk. */
  void persisted(long ticket) {
    persisted = Math.max(persisted, ticket);
    while (!writes.isEmpty() && writes.peek().ticket <= ticket) {
      durable = Math.max(durable, writes.remove().entriesUpTo);
    }
  }

  /** Entries up to an index are committed; those on disk are told. */
  void commit(long index) {
    long upTo = Math.min(index, durable);
    if (upTo > committed) {
      committed = upTo;
      effects.add(new LogEffect.Commit(upTo));
    }
  }

  /** The state at a position was installed. */
  void installed(Position position, Membership membership) {
    if (outline.has(position)) {
      outline.compact(position.index());
    } else {
      outline.reset(position, membership);
      for (Write write : writes) {
        write.entriesUpTo = Math.min(write.entriesUpTo, position.index());
      }
      durable = position.index();
    }
    durable = Math.max(durable, position.index());
    committed = Math.max(committed, position.index());
  }

  /** Entries up to an index, which are applied, were dropped. */
  void compact(long index) {
    if (index > committed) {
      throw new IllegalArgumentException("drop up to " + index + ", committed is " + committed);
    }
    if (index > outline.base().index()) {
      outline.compact(index);
    }
  }

  private void persist(long cutFrom, List<LogEntry> entries) {
    long ticket = write(outline.lastIndex());
    effects.add(new LogEffect.PersistEntries(ticket, cutFrom, entries));
  }

  private long write(long entriesUpTo) {
    writes.add(new Write(++lastTicket, entriesUpTo));
    return lastTicket;
  }
}
