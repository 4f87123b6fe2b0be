package io.troupe.mrc.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class VolumeSettingsTest {
  private static final Config TROUPE =
      ConfigFactory.parseString(
          """
          mrc {
            durability = always, sync-interval = 1s
            max-batch = 256, max-pending = 100, max-opens = 100, reap-at-once = 64
            reap-interval = 10s, lease-duration = 3s, request-timeout = 5s
            max-active-volumes = 10, max-active-files = 10, reopen-grace = 15s
          }
          gateway { report-interval = 1s, metadata-attempt = 2s }
          """);

  private static VolumeSettings with(String more) {
    return VolumeSettings.of(ConfigFactory.parseString(more).withFallback(TROUPE));
  }

  @Test
  void clientsHaveTimeToNoticeABegin() {
    assertThat(with("").reopenGrace()).isEqualTo(Duration.ofSeconds(15));
    assertThat(with("mrc.reopen-grace = 6s").reopenGrace()).isEqualTo(Duration.ofSeconds(6));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("mrc.reopen-grace = 5999ms"))
        .withMessageContaining("troupe.mrc.reopen-grace must be 6000 ms");
    assertThatIllegalArgumentException().isThrownBy(() -> with("mrc.reopen-grace = 11m"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("gateway.report-interval = 7s"))
        .withMessageContaining("18000 ms");
  }
}
