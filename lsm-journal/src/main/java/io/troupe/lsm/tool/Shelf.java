package io.troupe.lsm.tool;

import io.troupe.lsm.disk.Disk;
import java.io.IOException;

/** Gives out directories for what a repair takes out of a store. */
interface Shelf {

  /** An empty directory, on the same file system where that is possible, its name durable. */
  Disk next() throws IOException;
}
