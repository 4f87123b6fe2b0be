package io.troupe.lsm;

/** How the blocks of a table are compressed. A block that hardly shrinks is stored as it is. */
public enum Compression {
  NONE,
  /** Half the size for an inode or an event, at the speed of memory. */
  LZ4,
  /** Smaller than {@link #LZ4}, and several times slower to read. */
  ZSTD
}
