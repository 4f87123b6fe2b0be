package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;

/** A request that the object store cannot carry out; carries the error of the answer. */
public final class StoreFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  StoreFailure(Errno errno, String message) {
    super(message);
    this.errno = errno;
  }

  StoreFailure(Errno errno, String message, Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  public Errno errno() {
    return errno;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
