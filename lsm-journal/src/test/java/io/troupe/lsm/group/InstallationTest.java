package io.troupe.lsm.group;

import static io.troupe.lsm.group.OneMember.A;
import static io.troupe.lsm.group.OneMember.ALL;
import static io.troupe.lsm.group.OneMember.C;
import static io.troupe.lsm.group.OneMember.GROUP;
import static io.troupe.lsm.group.OneMember.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import io.troupe.lsm.SimStore;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.Position;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a member's log, and of what it put aside, when it gets the state of another. */
class InstallationTest {

  private OneMember member;

  @BeforeEach
  void start() throws IOException {
    member = new OneMember();
  }

  private void offer(long transfer, Position position) {
    member.receive(C, new GroupMessage.Offer(transfer, position, ALL, 10));
    member.settle();
    assertThat(member.sent.getLast())
        .isEqualTo(new OneMember.Sent(C, new GroupMessage.Pull(transfer, 0, false)));
  }

  private void chunk(long transfer, long number, int key, boolean last) {
    member.receive(C, new GroupMessage.Chunk(transfer, number, OneMember.chunk((byte) key), last));
    member.settle();
  }

  @Test
  void anotherLogDoesNotGoOnBehindTheState() throws IOException {
    member.receive(A, append(1, Position.START, 8, 0));
    member.settle();
    assertThat(member.loaded().outline().last()).isEqualTo(new Position(1, 8));

    offer(7, new Position(2, 5));
    chunk(7, 0, 1, true);

    assertThat(member.member().applied()).isEqualTo(5);
    assertThat(member.loaded().outline().last()).isEqualTo(new Position(2, 5));
    try (Snapshot now = member.store().snapshot()) {
      assertThat(new LogStore(member.store(), GROUP).read(now, 6, 9, 1000)).isEmpty();
    }
    assertThat(member.isStaged()).isFalse();

    member.receive(A, append(2, new Position(2, 5), 6, 6));
    member.settle();
    member.restart();

    assertThat(member.loaded().outline().last()).isEqualTo(new Position(2, 6));
    assertThat(member.loaded().outline().base()).isEqualTo(new Position(2, 5));
    assertThat(member.state()).containsOnlyKeys("a2001");
  }

  @Test
  void theSameLogGoesOnBehindTheState() throws IOException {
    member.receive(A, append(1, Position.START, 8, 0));
    member.settle();

    offer(7, new Position(1, 5));
    chunk(7, 0, 1, true);
    member.receive(A, append(1, new Position(1, 8), 9, 9));
    member.settle();
    assertThat(member.member().applied()).isEqualTo(9);
    member.restart();

    assertThat(member.loaded().outline().base()).isEqualTo(new Position(1, 5));
    assertThat(member.loaded().outline().last()).isEqualTo(new Position(1, 9));
  }

  /** The log has entries of epoch 1. */
  @ParameterizedTest
  @CsvSource({"2, 2, 5", "1, 1, 8"})
  void anInstallationThatAStartFinishesTreatsTheLogAlike(long at, long lastEpoch, long lastIndex)
      throws IOException {
    SimStore store = member.store();
    var log = new LogStore(store, GROUP);
    var batch = new WriteBatch();
    for (LogEntry entry : OneMember.entries(1, 1, 8)) {
      log.put(batch, entry);
    }
    log.installing(batch, new StateAt(new Position(at, 5), ALL));
    new Staging(store, GROUP).put(batch, 0, OneMember.chunk((byte) 1));
    batch.put(store.index("a"), new byte[] {0x20, 9}, new byte[0]); // of before
    store.commitAndWait(batch, Durability.SYNC);

    member.restart();

    Loaded loaded = member.loaded();
    assertThat(loaded.installing()).isEmpty();
    assertThat(loaded.applied().position()).isEqualTo(new Position(at, 5));
    assertThat(loaded.outline().base()).isEqualTo(new Position(at, 5));
    assertThat(loaded.outline().last()).isEqualTo(new Position(lastEpoch, lastIndex));
    assertThat(member.state()).containsOnlyKeys("a2001");
    assertThat(member.isStaged()).isFalse();
  }

  @Test
  void whatAnotherTransferLeftIsNotInstalled() {
    offer(7, new Position(2, 5));
    chunk(7, 0, 1, false);
    chunk(7, 1, 2, false);
    member.receive(C, new GroupMessage.Close(7));
    offer(8, new Position(2, 6));
    chunk(8, 0, 3, true);

    assertThat(member.member().applied()).isEqualTo(6);
    assertThat(member.state()).containsOnlyKeys("a2003");
    assertThat(member.isStaged()).isFalse();
  }

  @Test
  void whatIsStagedAtAStartIsOfNoUse() throws IOException {
    offer(7, new Position(2, 5));
    chunk(7, 0, 1, false);
    var sync = new WriteBatch().put(member.store().index("a"), new byte[] {0x70}, new byte[0]);
    member.store().commitAndWait(sync, Durability.SYNC);
    assertThat(member.isStaged()).isTrue();

    member.restart();

    assertThat(member.isStaged()).isFalse();
    assertThat(member.state()).isEmpty();
  }
}
