package io.troupe.actors.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetadataDurabilityTest {
  private static Config mrc(String text) {
    return ConfigFactory.parseString(text);
  }

  @Test
  void isOneOfTwo() {
    assertThat(MetadataDurability.of(mrc("durability = always")))
        .isEqualTo(MetadataDurability.ALWAYS);
    assertThat(MetadataDurability.of(mrc("durability = interval")))
        .isEqualTo(MetadataDurability.INTERVAL);
  }

  @Test
  void anotherValueIsNamedWithItsKey() {
    assertThatThrownBy(() -> MetadataDurability.of(mrc("durability = Sometimes")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("troupe.mrc.durability must be always or interval, not Sometimes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10ms", "1s", "60s"})
  void intervalsWithinTheBounds(String interval) {
    Config config = mrc("sync-interval = " + interval);

    assertThat(MetadataDurability.syncInterval(config))
        .isEqualTo(config.getDuration("sync-interval"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "9ms", "61s", "-1s"})
  void otherIntervalsAreNamedWithTheirKey(String interval) {
    Duration wrong = mrc("t = " + interval).getDuration("t");

    assertThatThrownBy(() -> MetadataDurability.syncInterval(mrc("sync-interval = " + interval)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "troupe.mrc.sync-interval must be 10 ms to 60000 ms, not " + wrong.toMillis() + " ms");
  }
}
