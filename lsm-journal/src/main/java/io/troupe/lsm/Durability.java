package io.troupe.lsm;

/** What has to be true before a commit is reported as done. */
public enum Durability {
  /** Always synced: the batch is on stable storage, it survives loss of power. */
  SYNC,
  /**
   * Synced at an interval: the batch is handed to the operating system and survives the end of the
   * process; loss of power takes at most what was committed within {@link
   * StoreOptions#syncIntervalNanos} before it. A sync that fails ends the store as always.
   */
  INTERVAL,
  /**
   * Never synced for its own sake: the batch is handed to the operating system and survives the end
   * of the process. It becomes durable with a later commit that is synced, with the next memtable,
   * or when the store is closed.
   */
  OS;

  /** What satisfies both. */
  public Durability strictest(Durability other) {
    return compareTo(other) <= 0 ? this : other; // the strictest is declared first
  }
}
