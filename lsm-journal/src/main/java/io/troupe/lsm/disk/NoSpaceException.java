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

  /**
   * The failure of an operation on a file, as this exception where it means a full disk. The JDK
   * tells that by the text of strerror only.
   */
  public static IOException translated(String file, IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
      return new NoSpaceException(file + ": no space left", e);
    }
    return e;
  }
}
