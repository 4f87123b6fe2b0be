package io.troupe.lsm;

/**
 * Threads that have nothing to do until their commit is done, and may block: to write the log they
 * need no other thread to be woken.
 */
@FunctionalInterface
public interface Volunteers {
  /** Nobody: the log thread writes. */
  Volunteers NONE = (here, elsewhere) -> false;

  /**
   * Offers to write the log. Called on the thread that commits; returns at once.
   *
   * @param here writes and syncs what is queued then, and so blocks
   * @param elsewhere has the log thread do it
   * @return whether one of both will be run soon, without waiting for anybody else
   */
  boolean take(Runnable here, Runnable elsewhere);
}
