package io.troupe.lsm;

/**
 * The state after one commit, for as long as it is open. Making one costs nothing; keeping one open
 * keeps overwritten and deleted entries on disk.
 */
public interface Snapshot extends Reader, AutoCloseable {

  /** The sequence number of the last commit that it shows. */
  long sequence();

  @Override
  void close();
}
