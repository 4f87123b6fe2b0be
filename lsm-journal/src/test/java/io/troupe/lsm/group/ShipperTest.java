package io.troupe.lsm.group;

import static io.troupe.lsm.group.OneMember.A;
import static io.troupe.lsm.group.OneMember.C;
import static io.troupe.lsm.group.OneMember.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master that ships from its disk is followed by another one, whose log it takes. */
class ShipperTest {

  private OneMember member;

  /** Master of epoch 1, with a barrier that is committed and three entries that are not. */
  @BeforeEach
  void serve() throws IOException {
    member = new OneMember();
    member.member().leaseGained();
    member.settle();
    member.receive(A, new LogMessage.Promised(1, Position.START));
    member.settle();
    member.receive(A, new LogMessage.Appended(1, 1, 0));
    member.settle();
    assertThat(member.member().isServing()).isTrue();
    for (byte i = 0; i < 3; i++) {
      var batch = new WriteBatch().put(member.store().index("b"), new byte[] {5, i}, new byte[9]);
      var unused = member.member().propose(batch);
    }
    member.settle();
    assertThat(member.loaded().outline().last()).isEqualTo(new Position(1, 4));
    member.sent.clear();
  }

  /** Entries that were sent, as far as they are of an epoch. */
  private List<LogEntry> shipped(long epoch) {
    List<LogEntry> entries = new ArrayList<>();
    for (OneMember.Sent sent : member.sent) {
      if (sent.message() instanceof GroupMessage.OfLog(LogMessage.Append append)
          && append.epoch() == epoch) {
        entries.addAll(append.entries());
      }
    }
    return entries;
  }

  private void ship() {
    member.receive(C, new LogMessage.Mismatch(1, 0));
    member.writeAll();
    assertThat(member.wantsToRead()).isTrue();
    assertThat(shipped(1)).isEmpty();
  }

  @Test
  void whatIsOnDiskIsShipped() {
    ship();

    member.settle();

    assertThat(shipped(1)).extracting(LogEntry::index).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void entriesThatWereCutAreNotShipped() {
    ship();

    member.receive(A, append(2, new Position(1, 1), 2, 1));
    member.settle();

    assertThat(member.loaded().outline().last()).isEqualTo(new Position(2, 2));
    assertThat(shipped(1)).isEmpty();
  }

  @Test
  void aReadFromBeforeTheCutIsNotTakenForOneAfterIt() {
    ship();
    member.receive(A, append(2, new Position(1, 1), 2, 1));
    member.writeAll();
    member.receive(C, new LogMessage.Prepare(3));
    member.writeAll();
    member.receive(C, new LogMessage.Fetch(3, Position.START));

    member.settle();

    List<LogEntry> fetched = new ArrayList<>();
    for (OneMember.Sent sent : member.sent) {
      if (sent.message() instanceof GroupMessage.OfLog(LogMessage.Fetched some)) {
        fetched.addAll(some.entries());
      }
    }
    assertThat(fetched)
        .extracting(SimTruth::position)
        .containsExactly(new Position(1, 1), new Position(2, 2));
    assertThat(shipped(1)).isEmpty();
  }
}
