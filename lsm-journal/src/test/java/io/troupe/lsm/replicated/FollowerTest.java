package io.troupe.lsm.replicated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A member says nothing in an epoch before its promise of that epoch is on disk. */
final class FollowerTest {

  private static final MemberId MASTER = new MemberId("a");
  private static final MemberId SELF = new MemberId("b");
  private static final long EPOCH = 3;

  private final List<Long> tickets = new ArrayList<>();
  private final List<LogMessage> sent = new ArrayList<>();
  private final LogState state = state(0);
  private final Follower follower = new Follower(state);

  private static LogState state(long promised) {
    var outline = new Outline(Position.START, Membership.of(MASTER, SELF));
    return new LogState(SELF, new LogSettings(100, 64), outline, promised, 0);
  }

  private void carryOut(LogState of) {
    for (LogEffect effect : of.takeEffects()) {
      switch (effect) {
        case LogEffect.PersistPromise promise -> tickets.add(promise.ticket());
        case LogEffect.PersistEntries entries -> tickets.add(entries.ticket());
        case LogEffect.Send(MemberId to, LogMessage message) -> {
          assertThat(to).isEqualTo(MASTER);
          sent.add(message);
        }
        default -> {}
      }
    }
  }

  /** The oldest write is on disk. */
  private void persist() {
    long ticket = tickets.removeFirst();
    state.persisted(ticket);
    follower.onPersisted(ticket);
    carryOut(state);
  }

  private void append(LogEntry... entries) {
    follower.onAppend(MASTER, new LogMessage.Append(EPOCH, Position.START, List.of(entries), 0));
    carryOut(state);
  }

  private static LogEntry entry(long index) {
    return new LogEntry(EPOCH, index, new LogEntry.Barrier());
  }

  @Test
  void anAppendWithoutEntriesIsAcknowledgedWithThePromise() {
    append();
    append();

    assertThat(sent).isEmpty();
    persist();
    assertThat(sent).containsExactly(new LogMessage.Appended(EPOCH, 0, 0));
  }

  @Test
  void entriesAreAcknowledgedWhenTheyAreOnDiskBehindThePromise() {
    append(entry(1), entry(2));

    assertThat(sent).isEmpty();
    persist();
    assertThat(sent).containsExactly(new LogMessage.Appended(EPOCH, 0, 0));
    persist();
    assertThat(sent.getLast()).isEqualTo(new LogMessage.Appended(EPOCH, 2, 0));
  }

  @Test
  void aPromiseThatWasAskedForIsGivenWhenItIsOnDisk() {
    assertThat(follower.onPrepare(MASTER, EPOCH)).isTrue();
    assertThat(follower.onPrepare(MASTER, EPOCH)).isFalse();
    carryOut(state);
    append();

    assertThat(sent).isEmpty();
    persist();
    assertThat(sent).containsExactly(new LogMessage.Appended(EPOCH, 0, 0));
  }

  @Test
  void aPromiseOfBeforeTheStartIsOnDisk() {
    LogState old = state(EPOCH);

    new Follower(old).onAppend(MASTER, new LogMessage.Append(EPOCH, Position.START, List.of(), 0));
    carryOut(old);

    assertThat(sent).containsExactly(new LogMessage.Appended(EPOCH, 0, 0));
  }
}
