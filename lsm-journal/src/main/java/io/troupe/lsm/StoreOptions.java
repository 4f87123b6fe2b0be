package io.troupe.lsm;

import java.util.List;
import java.util.function.Consumer;

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
 * @param blockBytes how much of a table is read, checked and kept in memory at once, before
 *     compression; one entry may be larger
 * @param compression of the tables of each level, level 0 first; the last one counts for all levels
 *     below, too
 * @param syncIntervalNanos after how long commits of {@link Durability#INTERVAL} are synced
 * @param walRetainBytes how much of the log is kept longer than it is needed for recovery, for
 *     those who follow it ({@link Store#tail}); given up when the disk is nearly full
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
    int compactionThreads,
    int blockBytes,
    List<Compression> compression,
    long syncIntervalNanos,
    long walRetainBytes) {

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final int MIB = 1 << 20;
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int MIN_BLOCK_BYTES = 256;
  private static final int MAX_BLOCK_BYTES = 1 << 20;

  /**
   * Level 0 as well, though it is rewritten soon: a load of a million records took no longer with
   * it, and was a quarter smaller at its end.
   */
  private static final List<Compression> LZ4 = List.of(Compression.LZ4);

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
        || reserveBytes < 0
        || syncIntervalNanos < 1
        || walRetainBytes < 0) {
      throw new IllegalArgumentException("sizes and times must be positive");
    }
    if (compactionThreads < 1) {
      throw new IllegalArgumentException(
          "compactionThreads is " + compactionThreads + ", at least 1");
    }
    if (maxOpenTables < 1) {
      throw new IllegalArgumentException("maxOpenTables is " + maxOpenTables + ", at least 1");
    }
    if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "blockBytes is "
              + blockBytes
              + ", must be from "
              + MIN_BLOCK_BYTES
              + " to "
              + MAX_BLOCK_BYTES);
    }
    if (compression.isEmpty()) {
      throw new IllegalArgumentException("no level has a compression");
    }
    compression = List.copyOf(compression);
  }

  /** With blocks of 4 KiB, LZ4 on all levels, and a sync each second for who wants it. */
  public StoreOptions(
      int walSegmentBytes,
      long memtableBytes,
      long commitQueueBytes,
      long blockCacheBytes,
      int maxOpenTables,
      long tableBytes,
      long reserveBytes,
      int epoch,
      int compactionThreads) {
    this(
        walSegmentBytes,
        memtableBytes,
        commitQueueBytes,
        blockCacheBytes,
        maxOpenTables,
        tableBytes,
        reserveBytes,
        epoch,
        compactionThreads,
        BLOCK_BYTES,
        LZ4,
        SECOND_NANOS,
        0);
  }

  /** The compression of the tables of a level. */
  public Compression compression(int level) {
    return compression.get(Math.min(level, compression.size() - 1));
  }

  /** The same with another size of blocks. */
  public StoreOptions withBlockBytes(int bytes) {
    return edited(edit -> edit.blockBytes = bytes);
  }

  /** The same with another cache of blocks. */
  public StoreOptions withBlockCacheBytes(long bytes) {
    return edited(edit -> edit.blockCacheBytes = bytes);
  }

  /** The same with other compressions, level 0 first. */
  public StoreOptions withCompression(Compression... levels) {
    return edited(edit -> edit.compression = List.of(levels));
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

  /** The same with another interval. */
  public StoreOptions withSyncIntervalNanos(long nanos) {
    return edited(edit -> edit.syncIntervalNanos = nanos);
  }

  /** The same with another bound on the log that is kept. */
  public StoreOptions withWalRetainBytes(long bytes) {
    return edited(edit -> edit.walRetainBytes = bytes);
  }

  /** The same in another epoch. */
  public StoreOptions withEpoch(int number) {
    return edited(edit -> edit.epoch = number);
  }

  /** For disks of some GiB and more. */
  public static StoreOptions defaults() {
    return new StoreOptions(64 * MIB, 64L * MIB, 64L * MIB, 64L * MIB, 256, 16L * MIB, 128L * MIB);
  }

  /** For disks from 64 MiB. */
  public static StoreOptions small() {
    return new StoreOptions(MIB, 2L * MIB, 16L * MIB, 8L * MIB, 64, 2L * MIB, 8L * MIB);
  }

  /** What the methods above change, one at a time. */
  private static final class Edit {
    long blockCacheBytes;
    int epoch;
    int blockBytes;
    List<Compression> compression;
    long syncIntervalNanos;
    long walRetainBytes;

    Edit(StoreOptions from) {
      this.blockCacheBytes = from.blockCacheBytes;
      this.epoch = from.epoch;
      this.blockBytes = from.blockBytes;
      this.compression = from.compression;
      this.syncIntervalNanos = from.syncIntervalNanos;
      this.walRetainBytes = from.walRetainBytes;
    }
  }

  private StoreOptions edited(Consumer<Edit> change) {
    var edit = new Edit(this);
    change.accept(edit);
    return new StoreOptions(
        walSegmentBytes,
        memtableBytes,
        commitQueueBytes,
        edit.blockCacheBytes,
        maxOpenTables,
        tableBytes,
        reserveBytes,
        edit.epoch,
        compactionThreads,
        edit.blockBytes,
        edit.compression,
        edit.syncIntervalNanos,
        edit.walRetainBytes);
  }
}
