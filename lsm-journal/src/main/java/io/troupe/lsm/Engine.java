package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.table.BlockCache;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.SegmentPool;
import io.troupe.lsm.wal.Wal;
import io.troupe.lsm.wal.WalSegments;
import io.troupe.lsm.wal.WalTail;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The store without its threads: {@link Store} runs each of {@link #write}, {@link #flush}, {@link
 * #compact} and {@link #prepare} on threads of its own, tests run them all on one. Reads come from
 * any thread.
 *
 * <p>The order on disk that everything rests on: tables are synced, then the directory, then the
 * edit that names them, and only then are log segments and older tables given up.
 */
final class Engine implements AutoCloseable {

  /** How a step of background work ended. */
  enum Step {
    /** Something was done; there may be more. */
    MORE,
    /** There is nothing to do. */
    IDLE,
    /** The disk is full: to be tried again when there may be room. */
    NO_SPACE
  }

  private final Closeable lock;
  private final Indices indices;
  private final BlockCache blocks;
  private final SegmentPool pool;
  private final WalSegments log;
  private final Wal wal;
  private final EngineCore core;
  private final Versions versions;
  private final CommitPath commits;
  private final Flusher flusher;
  private final Compactor compactor;
  private final Readers readers;

  private Engine(
      Disk disk,
      StoreOptions options,
      Closeable lock,
      Background background,
      LongSupplier nanoClock,
      Recovery.Recovered recovered) {
    this.lock = lock;
    this.indices = recovered.indices();
    this.blocks = new BlockCache(options.blockCacheBytes());
    this.pool = recovered.pool();
    this.wal = recovered.wal();
    this.log = recovered.log();
    var views =
        new Views(
            new Memtable(wal.segment(), recovered.slabs()),
            recovered.memtables(),
            recovered.version(),
            background::compact);
    var tables = new TableCache(disk, blocks, options.maxOpenTables());
    this.core =
        new EngineCore(
            disk,
            options,
            background,
            nanoClock,
            recovered.space(),
            views,
            tables,
            recovered.lastSequence());
    this.versions = new Versions(core, recovered.manifest(), recovered.nextFile());
    this.commits =
        new CommitPath(
            core,
            indices,
            wal,
            new LogWriter(wal, recovered.declared(), options.epoch()),
            recovered.slabs());
    var throttle = new Throttle(core);
    this.flusher = new Flusher(core, versions, throttle, log);
    this.compactor = new Compactor(core, versions, throttle);
    this.readers = new Readers(core, indices);
  }

  /**
   * Opens a store: reads the manifest, replays the log, starts a new segment and a new manifest.
   */
  static Engine open(Disk disk, StoreOptions options, Background background, LongSupplier nanoClock)
      throws IOException {
    Closeable lock = disk.lock();
    boolean done = false;
    try {
      Recovery.Recovered recovered = new Recovery(disk, options).open(nanoClock);
      var engine = new Engine(disk, options, lock, background, nanoClock, recovered);
      done = true;
      return engine;
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  // ---- the log thread

  /** Writes and completes a group of commits. Never throws: what fails is told to the commits. */
  void write(List<Commit> group) {
    commits.write(group);
  }

  /** Whether a group has to wait for background work. */
  boolean mustWait() {
    return commits.mustWait();
  }

  /** How fast writers may be, so that background work keeps up without a stop. */
  long bytesPerSecond() {
    return commits.bytesPerSecond();
  }

  /** Whether a group takes nothing but a write, a sync and an insertion. */
  boolean isSimple(List<Commit> group) {
    return commits.isSimple(group);
  }

  /** How long until something has to be synced: 0 when it is late, -1 when there is nothing. */
  long nanosToSync() {
    return commits.nanosToSync();
  }

  /** Syncs what was written at an interval, when it is over. */
  void syncIfDue() {
    commits.syncIfDue();
  }

  /**
   * When the disk is nearly full, moves deletes that are in memory only towards the tables.
   *
   * @return whether to ask again after a while
   */
  boolean relieve() {
    return commits.relieve();
  }

  /** Freezes the memtable, if there is anything in it. */
  void rotate() throws IOException {
    commits.rotate();
  }

  // ---- background work

  /** Makes the next log segment, and the reserve. */
  Step prepare() throws IOException {
    if (core.failed()) {
      return Step.IDLE;
    }
    try {
      pool.prepare();
      core.space().reserve();
      return Step.IDLE;
    } catch (NoSpaceException e) {
      return Step.NO_SPACE;
    }
  }

  /** Writes the oldest frozen memtable to level 0. */
  Step flush() throws IOException {
    return flusher.flush();
  }

  /**
   * Does the compaction that is needed most and can run beside those in progress, and deletes
   * tables that nobody reads any more. Any number of threads may.
   */
  Step compact() throws IOException {
    return compactor.compact();
  }

  /** For tests, which run several compactions on one thread. */
  Compactor compactor() {
    return compactor;
  }

  // ---- readers

  Index index(String name) {
    return indices.index(name);
  }

  boolean has(Index index) {
    return indices.has(index);
  }

  Optional<byte[]> get(Index index, byte[] key, long pinned) {
    return readers.get(index, key, pinned);
  }

  <T> @Nullable T read(Index index, byte[] key, long pinned, ValueReader<T> look) {
    return readers.read(index, key, pinned, look);
  }

  Optional<Versioned> getVersioned(Index index, byte[] key, long pinned) {
    return readers.getVersioned(index, key, pinned);
  }

  /** What there is for the expectations of a batch; to be done before it is queued. */
  Observed observe(WriteBatch batch) {
    return readers.observe(batch);
  }

  Cursor cursor(Index index, KeyRange range, long pinned, boolean descending) {
    return readers.cursor(index, range, pinned, descending);
  }

  Snapshot snapshot() {
    return readers.snapshot();
  }

  /** Copies what is in tables; returns the number of the last batch that is in the copy. */
  long checkpoint(Disk target, Optional<Disk> earlier) throws IOException {
    return new Checkpointer(core).copy(target, earlier);
  }

  /** The newest visible batch. */
  long lastSequence() {
    return core.visible();
  }

  /**
   * Whether all batches up to a number are in tables. When they are not because nothing writes the
   * memtable they are in, {@link #rotate} has to be called.
   */
  boolean isFlushed(long sequence) {
    return core.views().current().version().flushedSequence() >= sequence;
  }

  /** Freezes the memtable if it has a batch up to that number, and if there is room for it. */
  void rotateUpTo(long sequence) {
    commits.rotateUpTo(sequence);
  }

  /** Whether flushes met a full disk. */
  boolean blockedBySpace() {
    return core.blockedBySpace();
  }

  /** Follows the log from a batch on. */
  LogTail tail(long from, boolean durable, Runnable more) {
    core.checkOpen();
    if (from < 1 || from > core.visible() + 1) {
      throw new IllegalArgumentException(
          "batch " + from + ", the next one is " + (core.visible() + 1));
    }
    return new LogTail(
        new WalTail(core.disk(), log, from),
        indices,
        () -> {
          core.checkOpen();
          return durable ? Math.min(wal.durable(), core.visible()) : core.visible();
        },
        more,
        core.tails());
  }

  boolean hasRoom() {
    return core.hasRoom();
  }

  /** For tests of a full disk. */
  Space space() {
    return core.space();
  }

  Optional<IOException> failure() {
    return Optional.ofNullable(core.failure());
  }

  StoreStats stats(long queuedBytes) {
    View view = core.views().current();
    List<StoreStats.LevelStats> levels = levels(view.version());
    int tableCount = 0;
    long tableBytes = 0;
    for (StoreStats.LevelStats level : levels) {
      tableCount += level.tables();
      tableBytes += level.bytes();
    }
    return core.counters()
        .stats(
            core.visible(),
            queuedBytes,
            core.memoryBytes(),
            view.frozen().size(),
            view.version().maxLevel0(),
            tableCount,
            tableBytes,
            blocks.bytes(),
            core.space().freeBytes(),
            core.pendingCompactionBytes(),
            core.snapshots().size(),
            core.snapshots().oldest(core.visible()),
            core.snapshots().oldestNanos(),
            levels,
            blocks.hits(),
            blocks.misses(),
            pool.newestTaken() - view.version().walFrom() + 1);
  }

  /** The log thread was held back for so long. */
  void stalled(long nanos) {
    core.counters().stalled(nanos);
  }

  private static List<StoreStats.LevelStats> levels(Version version) {
    int[] tables = new int[Version.LEVELS];
    long[] bytes = new long[Version.LEVELS];
    for (int index = 0; index < version.indexCount(); index++) {
      for (int level = 0; level < Version.LEVELS; level++) {
        for (TableMeta table : version.level(index, level)) {
          tables[level]++;
          bytes[level] += table.bytes();
        }
      }
    }
    return IntStream.range(0, Version.LEVELS)
        .filter(level -> tables[level] > 0)
        .mapToObj(level -> new StoreStats.LevelStats(level, tables[level], bytes[level]))
        .toList();
  }

  /** The first failure of writing counts: from then on the store reads only. */
  void fail(IOException e) {
    core.fail(e);
  }

  /** Syncs and seals the log and gives everything back. The threads are to be stopped first. */
  @Override
  public void close() throws IOException {
    core.close();
    try (lock;
        pool;
        wal;
        versions) {
      if (!core.failed()) {
        compactor.deleteObsolete();
      }
      core.tables().close();
      core.views().close(blocks::close);
      if (!core.failed()) {
        wal.seal(core.options().epoch());
        pool.giveBack();
      }
    }
  }

  /** For the threads to end a merge early. */
  void stopMerging() {
    core.close();
  }
}
