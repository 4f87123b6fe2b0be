package io.troupe.gateway;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Of gateways and clients.
 *
 * @param requestTimeout after which a request fails with EIO; 100 ms to 10 min
 * @param metadataAttempt after which a Volume that did not answer is asked again; 10 ms to 10 min
 * @param metadataTimeout after which that ends with EIO; not less than an attempt, up to 1 h
 * @param volumeTimeout for making and removing volumes; not less than the request timeout, up to 1
 *     h
 * @param reportInterval how often sizes of files being written are told to the MRC; 10 ms to 1 h
 * @param clientHost the address by which nodes reach a client that is outside of the cluster
 */
public record GatewaySettings(
    Duration requestTimeout,
    Duration metadataAttempt,
    Duration metadataTimeout,
    Duration volumeTimeout,
    Duration reportInterval,
    String clientHost) {
  public GatewaySettings {
    within("request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(10));
    within("metadata-attempt", metadataAttempt, Duration.ofMillis(10), Duration.ofMinutes(10));
    within("metadata-timeout", metadataTimeout, metadataAttempt, Duration.ofHours(1));
    within("volume-timeout", volumeTimeout, requestTimeout, Duration.ofHours(1));
    within("report-interval", reportInterval, Duration.ofMillis(10), Duration.ofHours(1));
    if (clientHost.isBlank()) {
      throw new IllegalArgumentException("troupe.gateway.client-host must not be empty");
    }
  }

  private static void within(String key, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "troupe.gateway.%s must be %d ms to %d ms, not %d ms"
              .formatted(key, least.toMillis(), most.toMillis(), value.toMillis()));
    }
  }

  /** Reads {@code troupe.gateway}. */
  public static GatewaySettings of(Config c) {
    return new GatewaySettings(
        c.getDuration("request-timeout"),
        c.getDuration("metadata-attempt"),
        c.getDuration("metadata-timeout"),
        c.getDuration("volume-timeout"),
        c.getDuration("report-interval"),
        c.getString("client-host"));
  }
}
