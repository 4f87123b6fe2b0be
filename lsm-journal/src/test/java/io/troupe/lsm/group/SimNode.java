package io.troupe.lsm.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.SimStore;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node with a store of its own, in which the group is one of several. */
final class SimNode implements Outlet {

  /** What a node has around it. */
  interface World {
    void send(MemberId from, MemberId to, GroupMessage message);

    long now();

    long transferId();

    /** A mark says that the ranges are no state. */
    void installing(SimNode node);

    /** They are again; at the start of a member that had ended in the middle, or in one's life. */
    void installed(boolean afterStart);
  }

  static final GroupId GROUP = new GroupId(5);
  private static final List<GroupId> OTHERS = List.of(new GroupId(4), new GroupId(6));

  final MemberId id;
  final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  final List<Runnable> reads = new ArrayList<>();
  boolean leaseHeld;
  private final GroupSettings settings;
  private final Membership first;
  private final World world;
  private final SimTruth truth;
  private final Random random;
  private SimDisk disk;
  private @Nullable SimStore store;
  private @Nullable GroupMember member;
  private TreeMap<Long, Position> log = new TreeMap<>();
  private Position base = Position.START;
  private long applied;
  private long toldPromise;
  private boolean ended;
  private NavigableMap<String, String> neighbours = new TreeMap<>();

  SimNode(
      MemberId id,
      GroupSettings settings,
      Membership first,
      World world,
      SimTruth truth,
      Random random) {
    this.id = id;
    this.settings = settings;
    this.first = first;
    this.world = world;
    this.truth = truth;
    this.random = random;
    this.disk = new SimDisk(random.nextLong(), 1L << 30);
  }

  SimDisk disk() {
    return disk;
  }

  boolean isUp() {
    return member != null;
  }

  GroupMember member() {
    return Objects.requireNonNull(member);
  }

  SimStore store() {
    return Objects.requireNonNull(store);
  }

  /** The first start, on a disk that does not fail. */
  void create() throws IOException {
    try (SimStore made = SimStore.open(disk)) {
      GroupStart.create(made, GROUP, first);
      var batch = new WriteBatch();
      SimState.neighbours(batch, made::index);
      for (GroupId other : OTHERS) {
        GroupStart.create(made, other, first);
        new LogStore(made, other).put(batch, new LogEntry(1, 1, new LogEntry.Barrier()));
        new Staging(made, other).put(batch, 0, new byte[] {1});
      }
      made.commitAndWait(batch, Durability.SYNC);
      try (Snapshot now = made.snapshot()) {
        neighbours = SimState.outside(now, made::index);
      }
    }
    disk = disk.afterPowerLoss();
  }

  /** Starts; false when the power failed meanwhile. */
  boolean start() throws IOException {
    ended = false;
    try {
      SimStore opened = SimStore.open(disk);
      store = opened;
      watchFrom(opened);
      opened.watch(this::watch);
      GroupStart start = GroupStart.load(opened, settings);
      assertThat(start.loaded().promised())
          .as("promise of %s", id)
          .isGreaterThanOrEqualTo(toldPromise);
      member = new GroupMember(start, tasks::add, reads::add, world::now, world::transferId, this);
      check();
      return true;
    } catch (IOException | StoreException e) {
      if (!disk.isDead()) {
        throw e;
      }
      crash();
      return false;
    }
  }

  /** What the log on disk is, before the member looks at it. */
  private void watchFrom(SimStore opened) {
    var records = new LogStore(opened, GROUP);
    Loaded loaded = records.load(new LogSizes(settings.limits()));
    base = loaded.outline().base();
    applied = loaded.applied().index();
    log = new TreeMap<>();
    try (Snapshot now = opened.snapshot()) {
      for (LogEntry entry :
          records.read(now, base.index() + 1, loaded.outline().lastIndex(), Long.MAX_VALUE)) {
        log.put(entry.index(), SimTruth.position(entry));
      }
    }
  }

  /** The power fails, or the process ends. */
  void crash() throws IOException {
    SimDisk left = random.nextInt(4) == 0 ? disk.afterKill() : disk.afterPowerLoss();
    if (store != null) {
      try {
        store.close();
      } catch (IOException e) {
        assertThat(disk.isDead()).isTrue(); // as it is with a disk without power
      }
    }
    disk = left;
    store = null;
    member = null;
    leaseHeld = false;
    tasks.clear();
    reads.clear();
  }

  /** Whether the member said that it cannot go on. */
  boolean hasEnded() {
    return ended;
  }

  // ---- what the member writes

  private void watch(WriteBatch batch) {
    var records = new ArrayList<Runnable>();
    boolean[] installs = new boolean[1];
    Position[] claim = new Position[] {Position.START};
    batch.visit(
        new WriteBatch.Visitor() {
          @Override
          public void put(Index index, byte[] key, byte[] value) {
            if (!isOf(key)) {
              return;
            }
            if (index.name().equals("group.log")) {
              long at = ByteBuffer.wrap(key).getLong(8);
              records.add(() -> written(EntryFormat.decode(at, value)));
            } else if (index.name().equals("group.state") && key[8] == 'a') {
              claim[0] = StateFormat.place(value).position();
            } else if (index.name().equals("group.state") && key[8] == 'b') {
              Position newBase = StateFormat.place(value).position();
              records.add(() -> base = newBase);
            } else if (index.name().equals("group.state") && key[8] == 'i') {
              world.installing(SimNode.this);
            }
          }

          @Override
          public void delete(Index index, byte[] key) {
            installs[0] |= index.name().equals("group.state") && isOf(key);
          }

          @Override
          public void deleteRange(Index index, byte[] from, byte[] to) {
            if (index.name().equals("group.log") && isOf(from)) {
              long first = ByteBuffer.wrap(from).getLong(8);
              long last = to.length == 8 ? Long.MAX_VALUE : ByteBuffer.wrap(to).getLong(8);
              records.add(() -> log.subMap(first, last).clear());
            }
          }

          @Override
          public void add(Index index, byte[] key, long delta) {}
        });
    if (claim[0].index() > 0) {
      claim(claim[0], installs[0]);
    }
    records.forEach(Runnable::run);
  }

  private static boolean isOf(byte[] key) {
    return key.length > 8 && ByteBuffer.wrap(key).getLong() == GROUP.value();
  }

  private void written(LogEntry entry) {
    Position behind = log.getOrDefault(entry.index() - 1, base);
    assertThat(behind.index()).isEqualTo(entry.index() - 1);
    truth.written(entry, behind);
    log.put(entry.index(), SimTruth.position(entry));
  }

  private void claim(Position position, boolean installs) {
    if (installs) {
      world.installed(member == null);
      assertThat(position.index()).isLessThanOrEqualTo(truth.size());
      truth.applied(position);
    } else {
      for (long i = applied + 1; i <= position.index(); i++) {
        Position own = log.get(i);
        if (own == null) {
          throw new AssertionError(id + " applies " + i + ", which it does not have");
        }
        truth.applied(own);
      }
    }
    applied = position.index();
  }

  // ---- what is checked

  /** The ranges are the state at what is applied; those of others are as they were. */
  void check() {
    try (Snapshot now = store().snapshot()) {
      Optional<StateAt> at = new LogStore(store(), GROUP).applied(now);
      if (at.isPresent()) {
        assertThat(at.get().position()).isEqualTo(truth.position(at.get().index()));
        assertThat(SimState.inside(now, store()::index))
            .as("state of %s at %s", id, at.get().position())
            .isEqualTo(truth.state(at.get().index()));
      }
      assertThat(SimState.outside(now, store()::index)).isEqualTo(neighbours);
      for (GroupId other : OTHERS) {
        assertThat(new LogStore(store(), other).read(now, 1, 9, 100)).hasSize(1);
        assertThat(new Staging(store(), other).isEmpty(now)).isFalse();
      }
    }
  }

  @Override
  public void send(MemberId to, GroupMessage message) {
    if (message instanceof GroupMessage.OfLog(LogMessage ofLog)) {
      truth.sent(ofLog);
      if (ofLog instanceof LogMessage.Promised || ofLog instanceof LogMessage.Appended) {
        toldPromise = Math.max(toldPromise, ofLog.epoch());
      }
    }
    world.send(id, to, message);
  }

  @Override
  public void serving(long epoch) {
    if (truth.served(epoch)) {
      assertThat(member().applied())
          .as("%s serves in epoch %s", id, epoch)
          .isGreaterThanOrEqualTo(truth.newestAcknowledged());
      check();
    }
  }

  @Override
  public void stoppedServing(long epoch) {}

  @Override
  public void releaseLease(Optional<MemberId> to) {
    tasks.add(
        () -> {
          leaseHeld = false; // not before: it could be given back to it meanwhile
          member().leaseLost();
        });
  }

  @Override
  public void failed(Throwable why) {
    if (!disk.isDead()) {
      throw new AssertionError(id + " failed", why);
    }
    ended = true;
  }
}
