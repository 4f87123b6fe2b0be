package io.troupe.lsm;

/** Told by the engine that there is work besides the log. */
interface Background {
  /** A memtable waits to be flushed. */
  void flush();

  /** The tables, or the space, changed such that a compaction may be needed or a file deleted. */
  void compact();

  /** A segment was taken. */
  void prepare();

  /** Who puts large groups into the memtable while the log is synced. */
  default Beside beside() {
    return Beside.nobody();
  }
}
