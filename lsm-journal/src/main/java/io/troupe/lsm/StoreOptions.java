package io.troupe.lsm;

/**
 * How a store uses its disk and memory; all sizes in bytes. {@link #defaults} suits a disk of some
 * GiB, {@link #small} one of 64 MiB.
 *
 * @param walSegmentBytes size of one segment of the write-ahead log, at least 64 KiB; 1 MiB is
 *     small
 * @param memtableBytes how much is collected in memory before it is written as a table
 * @param commitQueueBytes how much may wait for the log before commits fail with OVERLOADED
 * @param blockCacheBytes how much of the tables is kept in memory
 * @param maxOpenTables how many table files are kept open
 * @param tableBytes size at which a compaction starts the next table file
 * @param reserveBytes free disk space below which growing batches are refused
 * @param epoch goes into every frame of the log: tells who wrote, where several may have
 * @param compactionThreads how many compactions, or parts of one, may run at the same time
 */
public record StoreOptions(
    int walSegmentBytes,
    long memtableBytes,
    long commitQueueBytes,
    long blockCacheBytes,
    int maxOpenTables,
    long tableBytes,
    long reserveBytes,
    int epoch,
    int compactionThreads) {

  private static final int MIB = 1 << 20;
  private static final int MIN_SEGMENT_BYTES =
      64 << 10; // below it most of the log would be segment headers

  public StoreOptions {
    if (walSegmentBytes < MIN_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "walSegmentBytes is " + walSegmentBytes + ", at least " + MIN_SEGMENT_BYTES);
    }
    if (memtableBytes < 1
        || commitQueueBytes < 1
        || blockCacheBytes < 0
        || tableBytes < 1
        || reserveBytes < 0) {
      throw new IllegalArgumentException("sizes must be positive");
    }
    if (compactionThreads < 1) {
      throw new IllegalArgumentException(
          "compactionThreads is " + compactionThreads + ", at least 1");
    }
    if (maxOpenTables < 1) {
      throw new IllegalArgumentException("maxOpenTables is " + maxOpenTables + ", at least 1");
    }
  }

  /** Of epoch 0; half of the processors may compact. */
  public StoreOptions(
      int walSegmentBytes,
      long memtableBytes,
      long commitQueueBytes,
      long blockCacheBytes,
      int maxOpenTables,
      long tableBytes,
      long reserveBytes) {
    this(
        walSegmentBytes,
        memtableBytes,
        commitQueueBytes,
        blockCacheBytes,
        maxOpenTables,
        tableBytes,
        reserveBytes,
        0,
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /** For disks of some GiB and more. */
  public static StoreOptions defaults() {
    return new StoreOptions(64 * MIB, 64L * MIB, 64L * MIB, 64L * MIB, 256, 16L * MIB, 128L * MIB);
  }

  /** For disks from 64 MiB. */
  public static StoreOptions small() {
    return new StoreOptions(MIB, 2L * MIB, 16L * MIB, 8L * MIB, 64, 2L * MIB, 8L * MIB);
  }
}
