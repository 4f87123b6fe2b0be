package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEffect;
import io.troupe.lsm.replicated.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Carries out what the log wants on disk, in order, and tells the tickets back. What comes while
 * one batch is synced goes with the next; a later one never overtakes. What got here is written on
 * a disk that is nearly full, too: it is little, and what frees room may come behind it.
 */
final class PersistQueue {

  private static final long BATCH_BYTES = 1 << 20;

  /** Something that is to be written in its turn. */
  private sealed interface Item {}

  /** Entries, which replace those from an index on. */
  private record Entries(long ticket, long cutFrom, List<LogEntry> entries, long bytes)
      implements Item {}

  private record Promise(long ticket, long epoch) implements Item {}

  /** Nothing any more; its ticket is still awaited. */
  private record Nothing(long ticket) implements Item {}

  /** The end of an installation; a batch of its own. */
  private record Install(StateAt at, boolean keepRest, Runnable then) implements Item {}

  private final LogStore log;
  private final Staging staging;
  private final CommitLane lane;
  private final LongConsumer persisted;
  private final Deque<Item> queue = new ArrayDeque<>();
  private List<Item> underWay = List.of();
  private long written; // where the log ends that the store was given
  private long bytes;

  /**
   * A queue with nothing in it.
   *
   * @param written where the log ends on disk
   * @param persisted is told tickets
   */
  PersistQueue(
      LogStore log, Staging staging, CommitLane lane, long written, LongConsumer persisted) {
    this.log = log;
    this.staging = staging;
    this.lane = lane;
    this.written = written;
    this.persisted = persisted;
  }

  /** Bytes of entries that are not on disk yet. */
  long bytes() {
    return bytes;
  }

  void promise(LogEffect.PersistPromise effect) {
    queue.add(new Promise(effect.ticket(), effect.epoch()));
    next();
  }

  void entries(LogEffect.PersistEntries effect) {
    long size = effect.entries().stream().mapToLong(EntryFormat::bytes).sum();
    bytes += size;
    queue.add(new Entries(effect.ticket(), effect.cutFrom(), effect.entries(), size));
    next();
  }

  /**
   * Ends an installation behind all that is queued.
   *
   * @param keepRest whether the log goes on behind the place
   */
  void install(StateAt at, boolean keepRest, Runnable then) {
    queue.add(new Install(at, keepRest, then));
    next();
  }

  /** The log was replaced: entries that are still queued belong to none. */
  void forgetEntries() {
    List<Item> kept = new ArrayList<>(queue.size());
    for (Item item : queue) {
      if (item instanceof Entries entries) {
        bytes -= entries.bytes();
        kept.add(new Nothing(entries.ticket()));
      } else {
        kept.add(item);
      }
    }
    queue.clear();
    queue.addAll(kept);
  }

  /** What lies in front of this index is in the store as it is in the log. */
  long pendingFrom() {
    long from = Long.MAX_VALUE;
    for (Item item : underWay) {
      from = Math.min(from, from(item));
    }
    for (Item item : queue) {
      from = Math.min(from, from(item));
    }
    return from;
  }

  private static long from(Item item) {
    return item instanceof Entries entries ? entries.cutFrom() : Long.MAX_VALUE;
  }

  private void next() {
    if (!underWay.isEmpty() || queue.isEmpty()) {
      return;
    }
    var batch = new WriteBatch().reclaiming();
    List<Item> taken = new ArrayList<>();
    while (!queue.isEmpty()
        && batch.bytes() < BATCH_BYTES
        && (taken.isEmpty() || !(queue.peek() instanceof Install))) {
      Item item = queue.remove();
      taken.add(item);
      write(batch, item);
      if (item instanceof Install) {
        break;
      }
    }
    underWay = taken;
    if (batch.size() == 0) {
      done();
      return;
    }
    lane.commit(batch, Durability.SYNC, this::done);
  }

  private void write(WriteBatch batch, Item item) {
    switch (item) {
      case Promise(long ticket, long epoch) -> log.promise(batch, epoch);
      case Entries(long ticket, long cutFrom, List<LogEntry> entries, long size) -> {
        if (cutFrom <= written) {
          log.cut(batch, cutFrom); // not for each append: a deleted range costs readers
        }
        entries.forEach(entry -> log.put(batch, entry));
        written = entries.getLast().index();
      }
      case Install(StateAt at, boolean keepRest, Runnable then) -> {
        log.installed(batch, at, keepRest);
        staging.clear(batch);
        written = keepRest ? written : at.index();
      }
      case Nothing nothing -> {}
    }
  }

  private void done() {
    List<Item> done = underWay;
    underWay = List.of();
    long ticket = 0;
    for (Item item : done) {
      switch (item) {
        case Promise promise -> ticket = promise.ticket();
        case Nothing nothing -> ticket = nothing.ticket();
        case Entries entries -> {
          ticket = entries.ticket();
          bytes -= entries.bytes();
        }
        case Install install -> install.then().run();
      }
    }
    if (ticket > 0) {
      persisted.accept(ticket);
    }
    next();
  }
}
