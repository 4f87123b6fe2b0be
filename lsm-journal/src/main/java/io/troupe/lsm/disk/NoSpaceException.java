package io.troupe.lsm.disk;

import java.io.IOException;

/** The disk, or the quota, is full. */
public final class NoSpaceException extends IOException {

  public NoSpaceException(String message) {
    super(message);
  }

  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
