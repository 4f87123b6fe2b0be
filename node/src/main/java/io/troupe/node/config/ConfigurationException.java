package io.troupe.node.config;

/**
 * A configuration that cannot be used; the message names the key, where it was set and what is
 * expected.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }

  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
