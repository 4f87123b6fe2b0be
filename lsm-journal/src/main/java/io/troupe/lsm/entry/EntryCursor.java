package io.troupe.lsm.entry;

import java.io.IOException;

/** Walks over versions of keys, in one direction. For one thread. */
public interface EntryCursor {

  /**
   * Moves to the next entry; before the first call it stands in front of the first. False at the
   * end.
   */
  boolean next() throws IOException;

  byte[] key();

  long sequence();

  /** Whether this version says that the key is gone. */
  boolean isDelete();

  /** The value; empty for a delete. */
  byte[] value();
}
