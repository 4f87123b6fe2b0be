package io.troupe.lsm.replicated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A master whose log begins behind what another member has. */
final class MasterTest {

  private static final MemberId SELF = new MemberId("a");
  private static final MemberId OTHER = new MemberId("b");
  private static final long EPOCH = 3;
  private static final long RETRY = 100;

  private final LogState state =
      new LogState(
          SELF,
          new LogSettings(RETRY, 64),
          new Outline(Position.START, Membership.of(SELF, OTHER)),
          EPOCH,
          0);
  private final Master master = new Master(state, EPOCH, 0);
  private long now;

  private List<LogEffect> tick() {
    now += RETRY;
    state.takeEffects();
    master.onTick(now);
    return state.takeEffects();
  }

  /** Three entries, committed, of which the log keeps none; the other one says it has nothing. */
  private void dropAll() {
    master.onAppended(OTHER, new LogMessage.Appended(EPOCH, 1, 0), now);
    persistAll();
    master.onPropose(new LogEntry.Batch(new byte[0]), now);
    master.onPropose(new LogEntry.Batch(new byte[0]), now);
    persistAll();
    master.onAppended(OTHER, new LogMessage.Appended(EPOCH, 3, 0), now);
    assertThat(state.committed()).isEqualTo(3);
    state.compact(3);
    state.takeEffects();
  }

  private void persistAll() {
    for (LogEffect effect : new ArrayList<>(state.takeEffects())) {
      if (effect instanceof LogEffect.PersistEntries entries) {
        state.persisted(entries.ticket());
        master.onPersisted();
      }
    }
  }

  @Test
  void whoGotNoSnapshotUpToTheEndOfTheLogIsAskedWhatItHas() {
    dropAll();
    MemberId late = new MemberId("c");
    master.onLearner(late, true, now);

    // It got an older one, of another member.
    List<LogEffect> first = state.takeEffects();
    master.onAppended(late, new LogMessage.Appended(EPOCH, 1, 1), now);

    assertThat(first).isEmpty();
    assertThat(tick())
        .contains(new LogEffect.Ship(late, EPOCH, new Position(EPOCH, 3), 3, 3, false));

    master.onMismatch(late, 1, now);
    assertThat(state.takeEffects()).containsExactly(new LogEffect.ShipSnapshot(late, EPOCH));
  }
}
