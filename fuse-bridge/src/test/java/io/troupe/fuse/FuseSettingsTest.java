package io.troupe.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.fuse.memory.ServeMemory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FuseSettingsTest {
  @Test
  void theDocumentedDefaultsAreValid() {
    FuseSettings s = ServeMemory.settings("home", "");

    assertThat(s.volume()).isEqualTo("home");
    assertThat(s.threads()).isGreaterThanOrEqualTo(2);
    assertThat(s.attributeTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(s.negativeTimeout()).isZero();
    assertThat(s.readAheadBytes()).isEqualTo(4 << 20);
    assertThat(s.allowOther()).isEmpty();
  }

  @Test
  void readsWhatIsSet() {
    FuseSettings s = ServeMemory.settings("v", "threads = 3\nallow-other = false\nread-ahead = 0");

    assertThat(s.threads()).isEqualTo(3);
    assertThat(s.allowOther()).contains(false);
    assertThat(s.readAheadBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "threads = -1",
        "requests = 1",
        "requests = 100000",
        "allow-other = perhaps",
        "unmount-timeout = 0s"
      })
  void refusesWhatIsOutOfRange(String overrides) {
    assertThatThrownBy(() -> ServeMemory.settings("v", overrides))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("troupe.fuse");
  }

  @Test
  void needsAName() {
    assertThatThrownBy(() -> ServeMemory.settings("", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
