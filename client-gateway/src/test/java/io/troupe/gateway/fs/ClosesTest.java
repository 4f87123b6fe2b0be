package io.troupe.gateway.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ClosesTest {
  private static final PartitionId ONE = new PartitionId(new VolumeId(new UUID(0, 1)), 0);
  private static final PartitionId TWO = new PartitionId(new VolumeId(new UUID(0, 1)), 1);

  private record Sent(PartitionId partition, List<Long> inodes) {}

  private final SimTimer sim = new SimTimer(1);
  private final List<Sent> sent = new ArrayList<>();
  private final Closes closes = new Closes(sim, (p, inodes) -> sent.add(new Sent(p, inodes)));

  @Test
  void aFewGoTogetherAfterAWhile() {
    closes.add(ONE, 5);
    closes.add(ONE, 6);
    closes.add(ONE, 5);
    assertThat(sent).isEmpty();
    assertThat(closes.isEmpty()).isFalse();

    sim.run();

    assertThat(sent).containsExactly(new Sent(ONE, List.of(5L, 6L, 5L)));
    assertThat(sim.nanos()).isEqualTo(Closes.DELAY.toNanos());
    assertThat(closes.isEmpty()).isTrue();
  }

  @Test
  void manyGoAtOnce() {
    for (int i = 0; i < Closes.MAX_WAITING; i++) {
      closes.add(ONE, 7);
    }

    assertThat(sent).containsExactly(new Sent(ONE, Collections.nCopies(Closes.MAX_WAITING, 7L)));
    sim.run();
    assertThat(sent).hasSize(1);
  }

  @Test
  void whoCannotWaitSendsThoseOfAPartition() {
    closes.add(ONE, 5);
    closes.add(TWO, 6);

    closes.send(ONE);
    assertThat(sent).containsExactly(new Sent(ONE, List.of(5L)));
    closes.send(ONE);
    closes.sendAll();

    assertThat(sent).containsExactly(new Sent(ONE, List.of(5L)), new Sent(TWO, List.of(6L)));
  }
}
