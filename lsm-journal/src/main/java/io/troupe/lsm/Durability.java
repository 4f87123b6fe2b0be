package io.troupe.lsm;

/** What has to be true before a commit is reported as done. */
public enum Durability {
  /** The batch is on stable storage (written and synced): it survives loss of power. */
  SYNC,
  /**
   * The batch is handed to the operating system: it survives the end of the process, not loss of
   * power.
   */
  OS
}
