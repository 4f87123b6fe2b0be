package io.troupe.lease.flease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class WheelTest {
  private static final class Alarm extends Wheel.Timer {
    long due = Long.MAX_VALUE;
  }

  /** Beside a list that is searched through. */
  @Property(tries = 200)
  void goesOffAtTheFirstAdvanceAfterItsTime(@ForAll long seed) {
    Random random = new Random(seed);
    Wheel wheel = new Wheel(10, 16, 0);
    List<Alarm> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(new Alarm());
    }
    long now = 0;
    for (int i = 0; i < 300; i++) {
      Alarm any = all.get(random.nextInt(all.size()));
      if (random.nextInt(5) == 0) {
        wheel.cancel(any);
        any.due = Long.MAX_VALUE;
      } else {
        any.due = now + random.nextInt(500) - 20;
        wheel.set(any, any.due);
      }
      now += random.nextInt(4) == 0 ? random.nextInt(400) : random.nextInt(15);
      long at = now;
      wheel.advance(
          now,
          timer -> {
            Alarm alarm = (Alarm) timer;
            assertThat(alarm.due).isLessThanOrEqualTo(at);
            alarm.due = Long.MAX_VALUE;
            if (random.nextBoolean()) {
              alarm.due = at + 1 + random.nextInt(300);
              wheel.set(alarm, alarm.due);
            }
          });
      assertThat(all).allMatch(a -> a.due > at);
    }
  }

  @Test
  void aTimerThatIsSetAnewWaitsForTheNextAdvance() {
    Wheel wheel = new Wheel(10, 4, 0);
    Alarm alarm = new Alarm();
    List<Long> times = new ArrayList<>();
    wheel.set(alarm, 5);

    for (long now : new long[] {5, 6, 7}) {
      wheel.advance(
          now,
          t -> {
            times.add(now);
            wheel.set(t, now);
          });
    }

    assertThat(times).containsExactly(5L, 6L, 7L);
  }
}
