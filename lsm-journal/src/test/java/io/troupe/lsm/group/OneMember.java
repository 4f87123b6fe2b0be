package io.troupe.lsm.group;

import io.troupe.lsm.SimStore;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.LogSettings;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/** One of three members, whose test is the others; it does what it has to when the test says so. */
final class OneMember implements Outlet {

  static final GroupId GROUP = new GroupId(5);
  static final MemberId A = new MemberId("a");
  static final MemberId SELF = new MemberId("b");
  static final MemberId C = new MemberId("c");
  static final Membership ALL = Membership.of(A, SELF, C);

  /** Nothing is kept in memory that is on disk. */
  static final GroupSettings SETTINGS =
      new GroupSettings(
          GROUP,
          SELF,
          SimState.RANGES,
          new LogSettings(100, 64),
          new LogLimits(1000, 1 << 20),
          100,
          1 << 20,
          0,
          1 << 20,
          200);

  /** What it sent. */
  record Sent(MemberId to, GroupMessage message) {}

  final List<Sent> sent = new ArrayList<>();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final ArrayDeque<Runnable> reads = new ArrayDeque<>();
  private SimDisk disk = new SimDisk(1, 1L << 30);
  private SimStore store;
  private GroupMember member;

  OneMember() throws IOException {
    store = SimStore.open(disk);
    GroupStart.create(store, GROUP, ALL);
    member = start();
  }

  private GroupMember start() {
    return new GroupMember(
        GroupStart.load(store, SETTINGS), tasks::add, reads::add, () -> 0, () -> 1, this);
  }

  /** The power fails, and comes back. */
  void restart() throws IOException {
    disk = disk.afterPowerLoss();
    tasks.clear();
    reads.clear();
    store = SimStore.open(disk);
    member = start();
  }

  SimStore store() {
    return store;
  }

  GroupMember member() {
    return member;
  }

  void receive(MemberId from, GroupMessage message) {
    member.received(from, message);
  }

  void receive(MemberId from, LogMessage message) {
    receive(from, new GroupMessage.OfLog(message));
  }

  /** Everything that waits for the disk's writes, but nothing that is read from it. */
  void writeAll() {
    while (store.hasQueued() || !tasks.isEmpty()) {
      store.write(10);
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
    }
  }

  boolean wantsToRead() {
    return !reads.isEmpty();
  }

  /** Everything. */
  void settle() {
    writeAll();
    while (!reads.isEmpty()) {
      reads.remove().run();
      writeAll();
    }
  }

  /** What is on its disk. */
  Loaded loaded() {
    return new LogStore(store, GROUP).load(new LogSizes(SETTINGS.limits()));
  }

  NavigableMap<String, String> state() {
    try (Snapshot now = store.snapshot()) {
      return SimState.inside(now, store::index);
    }
  }

  boolean isStaged() {
    try (Snapshot now = store.snapshot()) {
      return !new Staging(store, GROUP).isEmpty(now);
    }
  }

  /** Entries from one index to another that change nothing. */
  static List<LogEntry> entries(long epoch, long from, long to) {
    List<LogEntry> entries = new ArrayList<>();
    for (long index = from; index <= to; index++) {
      entries.add(new LogEntry(epoch, index, new LogEntry.Barrier()));
    }
    return entries;
  }

  static LogMessage.Append append(long epoch, Position after, long to, long committed) {
    return new LogMessage.Append(epoch, after, entries(epoch, after.index() + 1, to), committed);
  }

  /** A part of a snapshot with one key of the first range, and an empty value. */
  static byte[] chunk(byte key) {
    return ByteBuffer.allocate(10)
        .putShort((short) 0)
        .putShort((short) 2)
        .putInt(0)
        .put((byte) 0x20)
        .put(key)
        .array();
  }

  @Override
  public void send(MemberId to, GroupMessage message) {
    sent.add(new Sent(to, message));
  }

  @Override
  public void serving(long epoch) {}

  @Override
  public void stoppedServing(long epoch) {}

  @Override
  public void releaseLease(Optional<MemberId> to) {}

  @Override
  public void failed(Throwable why) {
    throw new AssertionError(why);
  }
}
