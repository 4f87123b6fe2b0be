package io.troupe.actors.errors;

/**
 * A failed {@link Result} where an exception is the way to say it: the Java client, failed stages.
 */
public final class FsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final String detail;

  public FsException(Errno errno, String detail) {
    super(detail.isEmpty() ? errno.name() : errno.name() + ": " + detail);
    this.errno = errno;
    this.detail = detail;
  }

  public Errno errno() {
    return errno;
  }

  /** Names the thing and the cause; may be empty. */
  public String detail() {
    return detail;
  }
}
