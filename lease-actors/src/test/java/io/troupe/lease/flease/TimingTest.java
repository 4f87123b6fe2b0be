package io.troupe.lease.flease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.Lease;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class TimingTest {
  @Test
  void aLeaseMustOutlastDriftAndMessages() {
    assertThat(new Timing(1_300_000, 100_000, 100_000, 0).mute()).isEqualTo(1_600_000);
    assertThatThrownBy(() -> new Timing(1_299_999, 100_000, 100_000, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too short for clocks that may be 100 ms off")
        .hasMessageContaining("1300 ms");
    assertThatThrownBy(() -> new Timing(1_000_000, 0, 0, 0)).hasMessageContaining("positive");
  }

  @Test
  void betweenValidAndOverIsGrace() {
    Ends ends = new Ends(new Timing(1_300_000, 100_000, 100_000, 0), Rules.ALL);
    Lease lease = new Lease(new NodeId(new UUID(0, 1)), new Epoch(1), 5_000_000);

    assertThat(ends.isValid(lease, 4_899_999)).isTrue();
    assertThat(ends.isValid(lease, 4_900_000)).isFalse();
    assertThat(ends.holderStopsAt(lease)).isEqualTo(4_900_000);
    assertThat(ends.isOver(lease, 5_100_000)).isFalse();
    assertThat(ends.isOver(lease, 5_100_001)).isTrue();
  }
}
