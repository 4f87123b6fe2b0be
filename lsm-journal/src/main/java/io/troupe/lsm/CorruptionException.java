package io.troupe.lsm;

import java.io.IOException;

/**
 * Bytes of a file do not verify. The message names the file, the offset in bytes and what was
 * expected there.
 */
public final class CorruptionException extends IOException {

  private final String file;
  private final long offset;
  private final String what;

  public CorruptionException(String file, long offset, String what) {
    super(file + " at offset " + offset + ": " + what);
    this.file = file;
    this.offset = offset;
    this.what = what;
  }

  public String file() {
    return file;
  }

  /** Where in the file, in bytes from its start. */
  public long offset() {
    return offset;
  }

  /** What was found there, without file and offset. */
  public String what() {
    return what;
  }
}
