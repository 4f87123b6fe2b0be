package io.troupe.fuse.mount;

import java.io.IOException;

/** A mount that did not come about; the message names the directory, the cause and what helps. */
public final class MountException extends IOException {
  private static final long serialVersionUID = 1L;

  public MountException(String message) {
    super(message);
  }

  public MountException(String message, Throwable cause) {
    super(message, cause);
  }
}
