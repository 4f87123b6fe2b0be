package io.troupe.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GatewaySettingsTest {
  private static GatewaySettings with(String keys) {
    Config c =
        ConfigFactory.parseString(keys)
            .withFallback(
                ConfigFactory.parseFile(new File("../application.conf"))
                    .getConfig("troupe.gateway"));
    return GatewaySettings.of(c);
  }

  @Test
  void takesWhatShips() {
    assertThat(with("").requestTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @CsvSource({
    "request-timeout, 0s",
    "request-timeout, -1s",
    "request-timeout, 11m",
    "metadata-attempt, 5ms",
    "metadata-timeout, 500ms",
    "volume-timeout, 4s",
    "volume-timeout, 2h",
    "report-interval, 0s",
    "report-interval, 2h",
    "client-host, ' '"
  })
  void namesTheKeyThatIsOutOfRange(String key, String value) {
    assertThatThrownBy(() -> with(key + " = \"" + value + "\""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("troupe.gateway." + key);
  }
}
