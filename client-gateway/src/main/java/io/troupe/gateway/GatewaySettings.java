package io.troupe.gateway;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Of gateways and clients.
 *
 * @param requestTimeout after which a request fails with EIO
 * @param volumeTimeout for making and removing volumes
 * @param reportInterval how often sizes of files being written are told to the MRC
 */
public record GatewaySettings(
    Duration requestTimeout, Duration volumeTimeout, Duration reportInterval) {
  /** Reads {@code troupe.gateway}. */
  public static GatewaySettings of(Config c) {
    return new GatewaySettings(
        c.getDuration("request-timeout"),
        c.getDuration("volume-timeout"),
        c.getDuration("report-interval"));
  }
}
