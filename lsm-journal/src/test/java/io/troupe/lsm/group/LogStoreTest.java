package io.troupe.lsm.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.Durability;
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
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogStoreTest {

  private static final Membership FIRST = Membership.of(new MemberId("a"));
  private static final Membership SECOND = Membership.of(new MemberId("a"), new MemberId("größe"));

  private final SimDisk disk = new SimDisk(1, 1 << 30);
  private SimStore store = open(disk);
  private LogStore log = new LogStore(store, new GroupId(5));

  private static SimStore open(SimDisk disk) {
    try {
      return SimStore.open(disk);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void create() {
    log.create(FIRST);
  }

  private void commit(Consumer<WriteBatch> fill) {
    var batch = new WriteBatch();
    fill.accept(batch);
    store.commitAndWait(batch, Durability.SYNC);
  }

  private static LogEntry entry(long epoch, long index) {
    return new LogEntry(epoch, index, new LogEntry.Batch(new byte[(int) index]));
  }

  private Loaded restart() {
    store = open(disk.afterPowerLoss());
    log = new LogStore(store, new GroupId(5));
    return load();
  }

  private Loaded load() {
    return log.load(new LogSizes(new LogLimits(100, 100)));
  }

  @Test
  void aMemberFindsPromiseAppliedAndTheOutlineOfItsLog() {
    commit(
        batch -> {
          log.promise(batch, 8);
          log.put(batch, entry(3, 1));
          log.put(batch, new LogEntry(3, 2, new LogEntry.Members(SECOND)));
          log.put(batch, new LogEntry(4, 3, new LogEntry.Barrier()));
          log.put(batch, entry(4, 4));
        });
    commit(batch -> log.applied(batch, new StateAt(new Position(3, 2), SECOND)));

    Loaded loaded = restart();

    assertThat(loaded.promised()).isEqualTo(8);
    assertThat(loaded.applied()).isEqualTo(new StateAt(new Position(3, 2), SECOND));
    assertThat(loaded.outline().last()).isEqualTo(new Position(4, 4));
    assertThat(loaded.outline().membership()).isEqualTo(SECOND);
    assertThat(loaded.installing()).isEmpty();
  }

  @Test
  void aCutTakesTheTailAndADropTheFront() {
    commit(batch -> List.of(1, 2, 3, 4, 5, 6).forEach(i -> log.put(batch, entry(1, i))));
    commit(
        batch -> {
          log.cut(batch, 4);
          log.put(batch, entry(2, 4));
        });
    commit(
        batch -> {
          log.applied(batch, new StateAt(new Position(2, 4), FIRST));
          log.drop(batch, new StateAt(new Position(1, 2), FIRST));
        });

    Loaded loaded = restart();

    assertThat(loaded.outline().base()).isEqualTo(new Position(1, 2));
    assertThat(loaded.outline().last()).isEqualTo(new Position(2, 4));
    try (Snapshot now = store.snapshot()) {
      assertThat(log.read(now, 3, 9, 1 << 20)).hasSize(2);
      assertThat(log.read(now, 3, 9, 1)).hasSize(1);
      assertThat(log.read(now, 2, 9, 1 << 20)).isEmpty();
    }
  }

  @Test
  void groupsOfAStoreDoNotSeeEachOther() {
    var before = new LogStore(store, new GroupId(4));
    var after = new LogStore(store, new GroupId(6));
    before.create(SECOND);
    after.create(SECOND);
    commit(batch -> before.put(batch, entry(1, 1)));
    commit(batch -> after.put(batch, entry(1, 1)));
    commit(batch -> log.cut(batch, 0));
    commit(batch -> log.drop(batch, new StateAt(Position.START, FIRST)));

    assertThat(before.load(new LogSizes(new LogLimits(1, 1))).outline().lastIndex()).isEqualTo(1);
    assertThat(after.load(new LogSizes(new LogLimits(1, 1))).outline().lastIndex()).isEqualTo(1);
    assertThat(load().outline().lastIndex()).isZero();
  }

  @Test
  void aLogWithAHoleIsCorruptAndAnUnknownGroupIsNone() {
    commit(
        batch -> {
          log.put(batch, entry(1, 1));
          log.put(batch, entry(1, 3));
        });

    assertThatThrownBy(this::load)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("entry 3 follows 1");
    assertThatThrownBy(
            () -> new LogStore(store, new GroupId(77)).load(new LogSizes(new LogLimits(1, 1))))
        .hasMessageContaining("not created");
  }

  @Test
  void sizesSayWhatMayBeDropped() {
    var sizes = new LogSizes(new LogLimits(16, 1 << 20));
    for (int i = 1; i <= 16; i++) {
      sizes.add(i, 10);
    }
    assertThat(sizes.droppable(16)).isZero();
    for (int i = 17; i <= 40; i++) {
      sizes.add(i, 10);
    }
    assertThat(sizes.droppable(20)).isBetween(12L, 14L);
    sizes.drop(12);
    assertThat(sizes.droppable(20)).isZero();
    sizes.cut(21);
    assertThat(sizes.droppable(1000)).isZero();
  }
}
