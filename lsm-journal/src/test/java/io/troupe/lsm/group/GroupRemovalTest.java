package io.troupe.lsm.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.SimStore;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A group that ended goes with all that it had, whenever the power fails. */
class GroupRemovalTest {

  private static final GroupId GROUP = new GroupId(5);
  private static final List<GroupId> OTHERS = List.of(new GroupId(4), new GroupId(6));
  private static final MemberId SELF = new MemberId("a");
  private static final Membership FIRST = Membership.of(SELF);
  private static final GroupSettings SETTINGS = GroupSettings.of(GROUP, SELF, SimState.RANGES);

  /** A store with a group that has something of everything, between others. */
  private static SimDisk filled(long seed) throws IOException {
    var disk = new SimDisk(seed, 1L << 30);
    try (SimStore store = SimStore.open(disk)) {
      var batch = new WriteBatch();
      SimState.neighbours(batch, store::index);
      for (GroupId other : OTHERS) {
        GroupStart.create(store, other, FIRST);
        new LogStore(store, other).put(batch, new LogEntry(1, 1, new LogEntry.Barrier()));
        new Staging(store, other).put(batch, 0, new byte[] {1});
      }
      GroupStart.create(store, GROUP, FIRST);
      var log = new LogStore(store, GROUP);
      log.promise(batch, 7);
      for (int i = 1; i <= 20; i++) {
        log.put(batch, new LogEntry(3, i, new LogEntry.Batch(new byte[100])));
      }
      log.applied(batch, new StateAt(new Position(3, 20), FIRST));
      new Staging(store, GROUP).put(batch, 0, new byte[100]);
      for (int i = 0; i < 20; i++) {
        batch.put(store.index("a"), new byte[] {0x20, (byte) i}, new byte[50]);
        batch.put(store.index("b"), new byte[] {5, (byte) i}, new byte[50]);
        batch.put(store.index("c"), new byte[] {(byte) 0xff, (byte) i}, new byte[50]);
      }
      store.commitAndWait(batch, Durability.SYNC);
      store.settle();
    }
    return disk.afterPowerLoss();
  }

  /** The groups that an index of the groups has keys of. */
  private static Set<Long> groupsIn(SimStore store, String index) {
    Set<Long> found = new HashSet<>();
    try (Snapshot now = store.snapshot();
        Cursor cursor = now.cursor(store.index(index), KeyRange.all())) {
      while (cursor.next()) {
        found.add(ByteBuffer.wrap(cursor.key()).getLong());
      }
    }
    return found;
  }

  private static NavigableMap<String, String> inside(SimStore store) {
    try (Snapshot now = store.snapshot()) {
      return SimState.inside(now, store::index);
    }
  }

  private static NavigableMap<String, String> outside(SimStore store) {
    try (Snapshot now = store.snapshot()) {
      return SimState.outside(now, store::index);
    }
  }

  private static void nothingIsLeft(SimStore store) {
    assertThat(inside(store)).isEmpty();
    for (String index : List.of("group.log", "group.state", "group.staging")) {
      assertThat(groupsIn(store, index)).as(index).containsExactlyInAnyOrder(4L, 6L);
    }
    assertThat(outside(store)).hasSize(7);
  }

  /** Removes with a power failure within; true when there was none. */
  private static boolean removed(SimDisk disk, long within) throws IOException {
    SimStore store = SimStore.open(disk);
    disk.losePowerAt(disk.operations() + within);
    try {
      GroupStart.remove(store, GROUP, SimState.RANGES);
      return !disk.isDead();
    } catch (StoreException e) {
      assertThat(disk.isDead()).isTrue();
      return false;
    }
  }

  @Test
  void anInterruptedRemovalIsFinishedByTheNext() throws IOException {
    boolean through = false;
    int before = 0;
    int half = 0;
    for (int within = 0; !through; within++) {
      SimDisk disk = filled(within);
      through = removed(disk, within);
      try (SimStore store = SimStore.open(disk.afterPowerLoss())) {
        boolean exists;
        try (Snapshot now = store.snapshot()) {
          exists = new LogStore(store, GROUP).exists(now);
        }
        if (loads(store)) {
          before++;
        } else if (exists) {
          half++;
          assertThatThrownBy(() -> GroupStart.load(store, SETTINGS))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("does not exist here any more");
          assertThatThrownBy(() -> GroupStart.create(store, GROUP, FIRST))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("not finished");
        }
        GroupStart.remove(store, GROUP, SimState.RANGES);
        nothingIsLeft(store);
        assertThatThrownBy(() -> GroupStart.load(store, SETTINGS))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("not created");
      }
    }
    assertThat(before).isPositive();
    assertThat(half).isPositive();
  }

  /** Whether the group is there; if so, all of it. */
  private static boolean loads(SimStore store) {
    Loaded loaded;
    try {
      loaded = new LogStore(store, GROUP).load(new LogSizes(SETTINGS.limits()));
    } catch (IllegalStateException e) {
      return false;
    }
    assertThat(loaded.outline().lastIndex()).isEqualTo(20);
    assertThat(loaded.promised()).isEqualTo(7);
    assertThat(loaded.applied().index()).isEqualTo(20);
    assertThat(inside(store)).hasSize(60);
    return true;
  }

  @Test
  void whatIsNotThereIsNotRemoved() throws IOException {
    try (SimStore store = SimStore.open(filled(1))) {
      GroupStart.remove(store, GROUP, SimState.RANGES);
      store.commitAndWait(
          new WriteBatch().put(store.index("b"), new byte[] {5, 1}, new byte[] {1}),
          Durability.SYNC);

      GroupStart.remove(store, GROUP, SimState.RANGES);

      assertThat(inside(store)).hasSize(1); // somebody else's by now
    }
  }

  @Test
  void aGroupThatWasRemovedCanBeginAnew() throws IOException {
    try (SimStore store = SimStore.open(filled(2))) {
      GroupStart.remove(store, GROUP, SimState.RANGES);

      GroupStart.create(store, GROUP, FIRST);

      Loaded loaded = GroupStart.load(store, SETTINGS).loaded();
      assertThat(loaded.outline().last()).isEqualTo(Position.START);
      assertThat(loaded.promised()).isZero();
      assertThat(loaded.applied().index()).isZero();
    }
  }
}
