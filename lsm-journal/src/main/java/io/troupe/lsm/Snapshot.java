package io.troupe.lsm;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The state after one commit, for as long as it is open. Making one costs nothing; keeping one open
 * keeps overwritten and deleted entries on disk.
 */
public interface Snapshot extends Reader, AutoCloseable {

  /** The sequence number of the last commit that it shows. */
  long sequence();

  /**
   * Begins to write what the snapshot shows into a directory as a store of its own, which {@link
   * Store#open} and {@link Store#openReadOnly} open; values keep their sequence numbers. Slowly, in
   * the background.
   *
   * @param directory an empty one, or one that an unfinished copy was left in; created when it is
   *     not there
   * @throws IllegalStateException when the snapshot is closed
   * @throws IOException when the directory cannot be created
   */
  Materialisation materialise(Path directory, Selection selection) throws IOException;

  @Override
  void close();
}
