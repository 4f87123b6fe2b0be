package io.troupe.mrc.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.session.SessionEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

class OpenTableTest {
  private static final List<ActorRef<SessionEvent>> SESSIONS =
      List.of(session("a"), session("b"), session("c"));

  private final OpenTable table = new OpenTable();

  private static ActorRef<SessionEvent> session(String name) {
    return TestInbox.<SessionEvent>create(name).getRef();
  }

  /** One step: which session, and 0 and 1 to open, 2 to close, 3 to forget, 4 to restart. */
  @Property(tries = 300)
  void countsAsAMapWould(@ForAll @Size(max = 40) List<@IntRange(max = 14) Integer> steps) {
    OpenTable real = new OpenTable();
    Map<ActorRef<SessionEvent>, Integer> model = new HashMap<>();
    for (int step : steps) {
      ActorRef<SessionEvent> s = SESSIONS.get(step % 3);
      int opens = model.getOrDefault(s, 0);
      switch (step / 3) {
        case 0, 1 -> {
          assertThat(real.open(s)).isEqualTo(opens == 0);
          model.put(s, opens + 1);
        }
        case 2 -> {
          assertThat(real.close(s)).isEqualTo(opens == 1);
          model.put(s, Math.max(0, opens - 1));
        }
        case 3 -> {
          real.forget(s);
          model.remove(s);
        }
        default -> {
          FileState stored = real.snapshot();
          real = new OpenTable();
          real.restore(stored);
        }
      }
      model.values().removeIf(n -> n == 0);
      assertThat(real.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(real.sessions()).containsExactlyInAnyOrderElementsOf(model.keySet());
      Map<ActorRef<SessionEvent>, Integer> counted = new HashMap<>();
      real.snapshot().holders().forEach(h -> counted.put(h.session(), h.opens()));
      assertThat(counted).isEqualTo(model);
    }
  }

  @Test
  void whatIsRestoredReplacesWhatWasThere() {
    table.open(SESSIONS.get(0));

    table.restore(new FileState(List.of(new FileState.Holder(SESSIONS.get(1), 2))));

    assertThat(table.sessions()).containsExactly(SESSIONS.get(1));
    assertThat(table.close(SESSIONS.get(1))).isFalse();
    assertThat(table.close(SESSIONS.get(1))).isTrue();
  }

  @Test
  void aSnapshotDoesNotChangeAfterwards() {
    table.open(SESSIONS.get(0));
    FileState snapshot = table.snapshot();

    table.open(SESSIONS.get(0));
    table.open(SESSIONS.get(1));

    assertThat(new ArrayList<>(snapshot.holders()))
        .containsExactly(new FileState.Holder(SESSIONS.get(0), 1));
  }
}
