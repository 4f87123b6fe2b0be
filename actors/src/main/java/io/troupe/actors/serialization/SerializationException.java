package io.troupe.actors.serialization;

/**
 * Something cannot be turned into bytes, or bytes into something; the message names the class or
 * cause.
 */
public final class SerializationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SerializationException(String message) {
    super(message);
  }

  SerializationException(String message, Throwable cause) {
    super(message, cause);
  }
}
