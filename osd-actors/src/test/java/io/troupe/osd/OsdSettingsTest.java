package io.troupe.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OsdSettingsTest {
  private static Config shipped() {
    return ConfigFactory.parseFile(new File("../application.conf"))
        .resolve()
        .getConfig("troupe.osd");
  }

  @Test
  void theShippedConfigurationHasACacheOfBlockMaps() {
    assertThat(OsdSettings.of(shipped()).blockMapCacheBytes()).isEqualTo(32L << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1023KiB", "4000TiB"})
  void refusesABlockMapCacheThatHoldsNothingOrDoesNotFit(String size) {
    Config c = ConfigFactory.parseString("block-map-cache = " + size).withFallback(shipped());

    assertThatThrownBy(() -> OsdSettings.of(c))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block-map-cache");
  }
}
