package io.troupe.lsm.replicated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A member with a disk of its own, which a crash leaves with what was written in time. */
final class SimMember {

  /** One thing on its way to the disk. */
  private sealed interface Write {
    long ticket();
  }

  private record PromiseWrite(long ticket, long epoch) implements Write {}

  private record EntriesWrite(long ticket, long cutFrom, List<LogEntry> entries) implements Write {}

  /** State and log on disk. The state is the list of the entries that made it. */
  private static final class Disk {
    long promised;
    List<LogEntry> state = new ArrayList<>();
    Membership stateMembership;
    TreeMap<Long, LogEntry> log = new TreeMap<>();

    Disk(Membership first) {
      stateMembership = first;
    }

    Position base() {
      return state.isEmpty() ? Position.START : state.getLast().position();
    }
  }

  final MemberId id;
  private final LogSettings settings;
  private final SimMutant mutant;
  private final Disk disk;
  private final ArrayDeque<Write> writes = new ArrayDeque<>();

  /** What the process sees: the log with what is not on disk yet. */
  private TreeMap<Long, LogEntry> log = new TreeMap<>();

  private @Nullable ReplicatedLog core;
  boolean leaseHeld;

  SimMember(MemberId id, LogSettings settings, Membership first, SimMutant mutant) {
    this.id = id;
    this.settings = settings;
    this.mutant = mutant;
    this.disk = new Disk(first);
  }

  boolean isUp() {
    return core != null;
  }

  ReplicatedLog core() {
    if (core == null) {
      throw new IllegalStateException(id + " is down");
    }
    return core;
  }

  void start() {
    var outline = new Outline(disk.base(), disk.stateMembership);
    disk.log.values().forEach(outline::append);
    log = new TreeMap<>(disk.log);
    core = new ReplicatedLog(id, settings, outline, disk.promised, disk.base().index());
    leaseHeld = false;
  }

  /** Loses what was not on disk: from some write on, none. */
  void crash(Random random) {
    for (int keep = random.nextInt(writes.size() + 1); keep > 0; keep--) {
      write(writes.remove());
    }
    writes.clear();
    core = null;
    leaseHeld = false;
  }

  /** The newest epoch that it promised, as a crash would leave it. */
  long promisedOnDisk() {
    return disk.promised;
  }

  boolean hasWrites() {
    return !writes.isEmpty();
  }

  /** The oldest write reaches the disk. */
  long finishWrite() {
    Write write = writes.remove();
    write(write);
    return write.ticket();
  }

  private void write(Write write) {
    switch (write) {
      case PromiseWrite promise -> {
        if (mutant != SimMutant.PROMISE_NOT_STORED) {
          disk.promised = promise.epoch();
        }
      }
      case EntriesWrite entries -> {
        disk.log.tailMap(entries.cutFrom(), true).clear();
        if (mutant != SimMutant.ENTRIES_NOT_STORED) {
          entries.entries().forEach(entry -> disk.log.put(entry.index(), entry));
        }
      }
    }
  }

  void persistPromise(LogEffect.PersistPromise effect) {
    writes.add(new PromiseWrite(effect.ticket(), effect.epoch()));
  }

  void persistEntries(LogEffect.PersistEntries effect) {
    log.tailMap(effect.cutFrom(), true).clear();
    effect.entries().forEach(entry -> log.put(entry.index(), entry));
    writes.add(new EntriesWrite(effect.ticket(), effect.cutFrom(), effect.entries()));
  }

  LogEntry entry(long index) {
    LogEntry entry = index <= disk.state.size() ? disk.state.get((int) index - 1) : log.get(index);
    if (entry == null) {
      throw new AssertionError(id + " has no entry " + index);
    }
    return entry;
  }

  List<LogEntry> entries(Position after, long upTo) {
    var found = new ArrayList<LogEntry>();
    for (long index = after.index() + 1; index <= upTo; index++) {
      LogEntry entry = log.get(index);
      if (entry == null) {
        throw new AssertionError(id + " is to send entry " + index + ", which it dropped");
      }
      found.add(entry);
    }
    return found;
  }

  /** Drops the log up to an index that is committed and on disk: the state has it now. */
  boolean compact(long upTo) {
    if (!disk.log.containsKey(upTo)) {
      return false; // on its way to the disk
    }
    for (long index = disk.base().index() + 1; index <= upTo; index++) {
      LogEntry entry = entry(index);
      if (entry.content() instanceof LogEntry.Members(Membership membership)) {
        disk.stateMembership = membership;
      }
      disk.state.add(entry);
      disk.log.remove(index);
      log.remove(index);
    }
    return true;
  }

  /** What a snapshot of its state holds. */
  SimSnapshot snapshot() {
    return new SimSnapshot(disk.base(), disk.stateMembership, List.copyOf(disk.state));
  }

  void install(SimSnapshot snapshot) {
    // What is on its way to the disk gets there first, as on a disk with one writer.
    for (int i = writes.size(); i > 0; i--) {
      Write write = writes.remove();
      write(write);
      writes.add(new PromiseWrite(write.ticket(), disk.promised));
    }
    disk.state = new ArrayList<>(snapshot.entries());
    disk.stateMembership = snapshot.membership();
    LogEntry at = log.get(snapshot.position().index());
    boolean goesOn = at != null && at.position().equals(snapshot.position());
    for (TreeMap<Long, LogEntry> entries : List.of(disk.log, log)) {
      if (goesOn) {
        entries.headMap(snapshot.position().index(), true).clear();
      } else {
        entries.clear();
      }
    }
  }
}
