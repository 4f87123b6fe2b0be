package io.troupe.osd.store;

import java.io.IOException;
import java.util.List;

/**
 * The one seam between the segments and the file system, so that tests can put a disk under them
 * that loses and tears what was not forced. A full disk is told by {@link
 * io.troupe.lsm.disk.NoSpaceException}. Thread-safe.
 */
interface BlockDisk {
  /** Numbers of the segments that are there. */
  List<Integer> list() throws IOException;

  /** A new segment; its name is durable when this returns. */
  BlockFile create(int id) throws IOException;

  BlockFile open(int id) throws IOException;

  /** Deletes, sooner or later durably. */
  void delete(int id) throws IOException;

  long freeBytes() throws IOException;

  long totalBytes() throws IOException;
}
