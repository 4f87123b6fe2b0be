package io.troupe.sharding.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.NodeId;
import io.troupe.lsm.group.GroupId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MastersTest {
  private static final GroupId GROUP = new GroupId(5);
  private static final NodeId A = new NodeId(new UUID(0, 1));
  private static final NodeId B = new NodeId(new UUID(0, 2));
  private static final List<NodeId> MEMBERS = List.of(A, B);

  private final List<GroupId> asked = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1_000_000; // passes the end of the clock's range
  private final Masters masters = new Masters(() -> now);

  @BeforeEach
  void begin() {
    masters.begin(
        (group, members) -> {
          assertThat(members).isEqualTo(MEMBERS);
          asked.add(group);
        });
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void asksTheMembersOfAGroupThatItKnowsNothingOf() {
    assertThat(masters.of(GROUP, MEMBERS)).isEmpty();
    assertThat(masters.of(GROUP, MEMBERS)).isEmpty();
    assertThat(asked).containsExactly(GROUP);

    pass(Duration.ofMillis(25));
    assertThat(masters.of(GROUP, MEMBERS)).isEmpty();
    assertThat(asked).hasSize(2);
  }

  @Test
  void knowsWhoSaidThatItServesAndGoesOnAsking() {
    var unused = masters.of(GROUP, MEMBERS);
    masters.heard(GROUP, A, 7);

    assertThat(masters.of(GROUP, MEMBERS)).contains(A);
    assertThat(asked).hasSize(1);
    pass(Duration.ofMillis(350));
    assertThat(masters.of(GROUP, MEMBERS)).contains(A);
    assertThat(asked).hasSize(2);
  }

  @Test
  void forgetsAMasterOfWhichNothingIsHeard() {
    var unused = masters.of(GROUP, MEMBERS);
    masters.heard(GROUP, A, 7);

    pass(Duration.ofMillis(2_100));

    assertThat(masters.of(GROUP, MEMBERS)).isEmpty();
  }

  @Test
  void aNewerEpochCountsAndAnOlderOneDoesNot() {
    var unused = masters.of(GROUP, MEMBERS);
    masters.heard(GROUP, A, 7);
    masters.heard(GROUP, B, 9);
    masters.heard(GROUP, A, 7);

    assertThat(masters.of(GROUP, MEMBERS)).contains(B);
  }

  @Test
  void remembersNothingOfGroupsThatNobodyAsksFor() {
    masters.heard(GROUP, A, 7);

    assertThat(masters.of(GROUP, MEMBERS)).isEmpty();
  }
}
