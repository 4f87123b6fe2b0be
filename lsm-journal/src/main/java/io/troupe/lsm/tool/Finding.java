package io.troupe.lsm.tool;

import io.troupe.lsm.CorruptionException;

/**
 * Something that a look at a store found.
 *
 * @param broken whether something is wrong; otherwise it is what a crash leaves, and the next open
 *     clears away
 * @param offset in bytes from the start of the file
 */
public record Finding(boolean broken, String file, long offset, String what) {

  static Finding broken(CorruptionException e) {
    return new Finding(true, e.file(), e.offset(), e.what());
  }

  @Override
  public String toString() {
    return (broken ? "BROKEN  " : "note    ") + file + " at offset " + offset + ": " + what;
  }
}
