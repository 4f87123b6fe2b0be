package io.troupe.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class LeaseCoreTest {
  @Test
  void aLateReleaseLeavesTheNextGrantAlone() {
    LeaseCore first = LeaseCore.recovered(Epoch.NONE).acquire(Instant.EPOCH, Duration.ofSeconds(1));
    Instant later = Instant.EPOCH.plusSeconds(2);
    LeaseCore second = first.acquire(later, Duration.ofSeconds(1));

    assertThat(second.release(first.epoch()).holds(later)).isTrue();
    assertThat(second.release(second.epoch()).holds(later)).isFalse();
  }

  /** Over any sequence of acquires, releases, waits and restarts. */
  @Property(tries = 500)
  void epochsGrowWithEveryWinAndRenewalsNeverShorten(@ForAll long seed) {
    Random random = new Random(seed);
    Instant now = Instant.EPOCH;
    LeaseCore core = LeaseCore.recovered(Epoch.NONE);
    for (int i = 0; i < 100; i++) {
      now = now.plusMillis(random.nextInt(3_000));
      switch (random.nextInt(5)) {
        case 0 -> core = core.release(core.epoch());
        case 1 -> core = LeaseCore.recovered(core.epoch());
        default -> {
          boolean held = core.holds(now);
          LeaseCore next = core.acquire(now, Duration.ofMillis(1 + random.nextInt(5_000)));
          assertThat(next.holds(now)).isTrue();
          if (held) {
            assertThat(next.epoch()).isEqualTo(core.epoch());
            assertThat(next.until().orElseThrow()).isAfterOrEqualTo(core.until().orElseThrow());
          } else {
            assertThat(next.epoch()).isEqualTo(core.epoch().next());
          }
          core = next;
        }
      }
      Optional<Instant> until = core.until();
      assertThat(core.holds(until.orElse(now))).isFalse();
    }
  }
}
