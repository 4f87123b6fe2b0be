package io.troupe.actors.errors;

/**
 * A failed {@link Result} where an exception is the way to say it: the Java client, failed stages.
 */
public final class FsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  public FsException(Errno errno, String detail) {
    super(detail.isEmpty() ? errno.name() : errno.name() + ": " + detail);
    this.errno = errno;
  }

  public Errno errno() {
    return errno;
  }
}
