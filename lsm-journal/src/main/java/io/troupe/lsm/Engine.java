package io.troupe.lsm;

import io.troupe.lsm.compaction.Compaction;
import io.troupe.lsm.compaction.CompactionPicker;
import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.table.BlockCache;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import io.troupe.lsm.wal.SegmentPool;
import io.troupe.lsm.wal.Wal;
import io.troupe.lsm.wal.WalReplay;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store without its threads: {@link Store} runs each of {@link #write}, {@link #flush}, {@link
 * #compact} and {@link #prepare} on a thread of its own, tests run them all on one. Reads come from
 * any thread.
 *
 * <p>The order on disk that everything rests on: tables are synced, then the directory, then the
 * edit that names them, and only then are log segments and older tables given up.
 */
final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /**
   * Memtables that may wait to be flushed; with the one that is written they bound memory and the
   * length of the log.
   */
  static final int MAX_FROZEN = 3;

  /**
   * Tables on level 0 of an index from which on writers are slowed down, and at which they stop.
   */
  static final int LEVEL0_SLOW = 8;

  static final int LEVEL0_STOP = 12;

  /**
   * Bytes a second that writers get at the first step of the slow-down; half of it at each further
   * step.
   */
  private static final long SLOW_BYTES_PER_SECOND = 32 << 20;

  /** Level 1 holds this many tables. */
  private static final int LEVEL1_TABLES = 8;

  /** How often a memtable may be flushed early to free space. */
  private static final long RELIEF_NANOS = 1_000_000_000L;

  /** How a step of background work ended. */
  enum Step {
    /** Something was done; there may be more. */
    MORE,
    /** There is nothing to do. */
    IDLE,
    /** The disk is full: to be tried again when there may be room. */
    NO_SPACE
  }

  private final Disk disk;
  private final StoreOptions options;
  private final Closeable lock;
  private final Background background;
  private final LongSupplier nanoClock;
  private final Indices indices;
  private final TableCache tables;
  private final BlockCache blocks;
  private final SegmentPool pool;
  private final Wal wal;
  private final LogWriter log;
  private final Views views;
  private final Space space;
  private final CompactionPicker picker;
  private final SnapshotRegistry snapshots = new SnapshotRegistry();
  private final Counters counters = new Counters();

  /** Guards the manifest and every change of the version. */
  private final Object versionLock = new Object();

  private Manifest manifest;
  private final AtomicLong nextFile;
  private long oldestSegment;
  private long relievedAt;
  private volatile long visible;
  private volatile boolean blockedBySpace;
  private volatile boolean closed;
  private volatile @Nullable IOException failure;

  private Engine(
      Disk disk,
      StoreOptions options,
      Closeable lock,
      Background background,
      LongSupplier nanoClock,
      Recovery.Recovered recovered) {
    this.disk = disk;
    this.options = options;
    this.lock = lock;
    this.background = background;
    this.nanoClock = nanoClock;
    this.relievedAt = nanoClock.getAsLong() - RELIEF_NANOS;
    this.indices = recovered.indices();
    this.blocks = new BlockCache(options.blockCacheBytes());
    this.tables = new TableCache(disk, blocks, options.maxOpenTables());
    this.pool = recovered.pool();
    this.wal = recovered.wal();
    this.log = new LogWriter(wal, recovered.declared());
    this.space = recovered.space();
    this.picker = new CompactionPicker(LEVEL1_TABLES * options.tableBytes());
    this.manifest = recovered.manifest();
    this.nextFile = new AtomicLong(recovered.nextFile());
    this.oldestSegment = recovered.version().walFrom();
    this.visible = recovered.lastSequence();
    this.views = new Views(new Memtable(wal.segment()), recovered.memtables(), recovered.version());
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
    IOException failed = failure;
    if (failed != null) {
      failAll(group, failed);
      return;
    }
    List<Commit> admitted = admitted(group);
    if (admitted.isEmpty()) {
      return;
    }
    try {
      int bytes = LogWriter.frameBytes(admitted);
      int undeclared = log.undeclared(indices.count());
      long segment = wal.segment();
      try {
        if (views.current().active().bytes() >= options.memtableBytes()
            && views.current().frozen().size() < MAX_FROZEN) {
          rotate();
        }
        space.retried(
            () -> {
              log.ensure(bytes, undeclared);
              return bytes;
            });
      } catch (NoSpaceException e) {
        admitted.forEach(
            commit -> commit.fail(StoreException.Kind.NO_SPACE, "no room for the log"));
        return;
      }
      if (wal.segment() != segment) {
        background.prepare();
      }
      boolean sync = false;
      for (int i = 0; i < admitted.size(); i++) {
        sync |= admitted.get(i).durability() == Durability.SYNC;
      }
      Memtable memtable = views.current().active();
      long first = visible + 1;
      log.write(admitted, first, bytes, undeclared, sync, memtable);
      counters.group(admitted.size(), sync, bytes);
      for (int i = 0; i < admitted.size(); i++) {
        apply(admitted.get(i).batch(), first + i, memtable);
      }
      visible = first + admitted.size() - 1;
      for (int i = 0; i < admitted.size(); i++) {
        admitted.get(i).done().complete(first + i);
      }
    } catch (IOException e) {
      fail(e);
      failAll(admitted, e);
    }
  }

  /** Whether a group has to wait for background work. */
  boolean mustWait() {
    if (failure != null || blockedBySpace) {
      return false; // waiting would not help: the commits are told
    }
    View view = views.current();
    return (view.active().bytes() >= options.memtableBytes() && view.frozen().size() >= MAX_FROZEN)
        || view.version().maxLevel0() >= LEVEL0_STOP;
  }

  /** How long a group of that size is held up, so that compaction keeps up without a stop. */
  long delayNanos(long bytes) {
    int over = views.current().version().maxLevel0() - LEVEL0_SLOW;
    return over < 0 ? 0 : bytes * 1_000_000_000L / (SLOW_BYTES_PER_SECOND >> Math.min(over, 4));
  }

  /**
   * When the disk is nearly full, moves deletes that are in memory only towards the tables, where
   * they free what they hide.
   *
   * @return whether to ask again after a while
   */
  boolean relieve() {
    View view = views.current();
    if (failure != null || view.active().isEmpty() || hasRoom()) {
      return false;
    }
    long now = nanoClock.getAsLong();
    if (now - relievedAt < RELIEF_NANOS) {
      return true;
    }
    relievedAt = now;
    if (view.frozen().isEmpty() && view.version().maxLevel0() < LEVEL0_SLOW) {
      try {
        rotate();
      } catch (IOException e) {
        fail(e);
      }
      return false;
    }
    return true;
  }

  /** Freezes the memtable, if there is anything in it. */
  void rotate() throws IOException {
    if (views.current().active().isEmpty()) {
      return;
    }
    // Not needed for what is in the tables, but so that the log never has a hole behind them.
    wal.force();
    views.rotate(new Memtable(wal.segment()));
    background.flush();
  }

  private List<Commit> admitted(List<Commit> group) {
    boolean room = hasRoom();
    View view = views.current();
    boolean full =
        (view.active().bytes() >= 2 * options.memtableBytes() && view.frozen().size() >= MAX_FROZEN)
            || view.version().maxLevel0() >= 4 * LEVEL0_STOP;
    boolean stuck =
        blockedBySpace
            && (view.version().maxLevel0() >= LEVEL0_STOP || view.frozen().size() >= MAX_FROZEN);
    if (room && !full && !stuck) {
      return group;
    }
    List<Commit> admitted = new ArrayList<>(group.size());
    for (Commit commit : group) {
      if (full || commit.batch().grows()) {
        commit.fail(
            StoreException.Kind.NO_SPACE,
            "the disk is nearly full: " + space.freeBytes() + " bytes left");
      } else {
        admitted.add(commit);
      }
    }
    return admitted;
  }

  private static void apply(WriteBatch batch, long sequence, Memtable memtable) {
    List<WriteBatch.Operation> operations = batch.operations();
    for (int i = 0; i < operations.size(); i++) {
      WriteBatch.Operation operation = operations.get(i);
      memtable.put(operation.index().id(), operation.key(), sequence, operation.value());
    }
    memtable.wrote(batch.bytes(), operations.size(), sequence);
  }

  private static void failAll(List<Commit> group, IOException cause) {
    var failed =
        new StoreException(
            StoreException.Kind.FAILED, "the store failed: " + cause.getMessage(), cause);
    group.forEach(commit -> commit.done().completeExceptionally(failed));
  }

  // ---- background work

  /** Makes the next log segment, and the reserve. */
  Step prepare() throws IOException {
    if (failure != null) {
      return Step.IDLE;
    }
    try {
      pool.prepare();
      space.reserve();
      return Step.IDLE;
    } catch (NoSpaceException e) {
      return Step.NO_SPACE;
    }
  }

  /** Writes the oldest frozen memtable to level 0. */
  Step flush() throws IOException {
    List<Memtable> frozen = views.current().frozen();
    if (frozen.isEmpty() || failure != null) {
      return Step.IDLE;
    }
    Memtable oldest = frozen.getLast();
    Memtable next = frozen.size() > 1 ? frozen.get(frozen.size() - 2) : views.current().active();
    long walFrom = next.firstSegment();
    try {
      space.retried(
          () -> {
            flush(oldest, walFrom);
            return oldest;
          });
    } catch (NoSpaceException e) {
      blockedBySpace = true;
      return Step.NO_SPACE;
    }
    blockedBySpace = false;
    for (; oldestSegment < walFrom; oldestSegment++) {
      pool.recycle(WalReplay.fileName(oldestSegment));
    }
    background.compact();
    return Step.MORE;
  }

  private void flush(Memtable memtable, long walFrom) throws IOException {
    var outputs = new TableMerge(disk, nextFile, 0, Long.MAX_VALUE, () -> closed);
    try {
      for (int index = 0; index < memtable.indices(); index++) {
        SkipList list = memtable.list(index);
        if (list != null) {
          outputs.write(
              list.ascending(new byte[0]), new VersionFilter(snapshots.all(), false), index);
        }
      }
      disk.sync();
      edit(
          new VersionEdit(
              memtable.declared(),
              outputs.added(),
              List.of(),
              memtable.lastSequence(),
              walFrom,
              nextFile.get()),
          views::flushed);
    } catch (NoSpaceException | StoreException e) {
      outputs.abandon();
      throw e;
    }
    counters.flushed(outputs.bytes());
    space.changed();
  }

  /** Does the compaction that is needed most, and deletes tables that nobody reads any more. */
  Step compact() throws IOException {
    deleteObsolete();
    if (failure != null) {
      return Step.IDLE;
    }
    Version version = views.current().version();
    Optional<Compaction> picked = picker.pick(version, !hasRoom());
    if (picked.isEmpty()) {
      return Step.IDLE;
    }
    Compaction compaction = picked.get();
    try {
      space.retried(
          () -> {
            compact(compaction);
            return compaction;
          });
    } catch (NoSpaceException e) {
      blockedBySpace = true;
      return Step.NO_SPACE;
    }
    blockedBySpace = false;
    deleteObsolete();
    return Step.MORE;
  }

  private void compact(Compaction compaction) throws IOException {
    List<VersionEdit.Removed> removed = new ArrayList<>();
    for (TableMeta table : compaction.upper()) {
      removed.add(new VersionEdit.Removed(compaction.index(), compaction.level(), table.number()));
    }
    for (TableMeta table : compaction.lower()) {
      removed.add(
          new VersionEdit.Removed(compaction.index(), compaction.outputLevel(), table.number()));
    }
    if (compaction.isMove()) {
      var moved = new VersionEdit.Added(compaction.outputLevel(), compaction.upper().getFirst());
      edit(new VersionEdit(List.of(), List.of(moved), removed, 0, 0, 0), views::compacted);
      return;
    }
    var outputs =
        new TableMerge(
            disk, nextFile, compaction.outputLevel(), options.tableBytes(), () -> closed);
    try {
      List<EntryCursor> sources = new ArrayList<>();
      for (TableMeta table : compaction.upper()) {
        sources.add(tables.ascending(table.number(), new byte[0], false));
      }
      for (TableMeta table : compaction.lower()) {
        sources.add(tables.ascending(table.number(), new byte[0], false));
      }
      outputs.write(
          new MergeCursor(sources, false),
          new VersionFilter(snapshots.all(), compaction.bottom()),
          compaction.index());
      disk.sync();
      edit(
          new VersionEdit(List.of(), outputs.added(), removed, 0, 0, nextFile.get()),
          views::compacted);
    } catch (NoSpaceException | StoreException e) {
      outputs.abandon();
      throw e;
    }
    counters.compacted(compaction.bytes(), outputs.bytes());
    space.changed();
  }

  private interface Install {
    void version(Version version);
  }

  private void edit(VersionEdit edit, Install install) throws IOException {
    synchronized (versionLock) {
      Version version = views.current().version().apply(edit);
      manifest.append(edit);
      install.version(version);
      if (manifest.isLong()) {
        rollManifest(version);
      }
    }
  }

  private void rollManifest(Version version) throws IOException {
    long number = nextFile.getAndIncrement();
    Version numbered =
        version.apply(new VersionEdit(List.of(), List.of(), List.of(), 0, 0, nextFile.get()));
    try {
      Manifest fresh = Manifest.create(disk, numbered, number);
      manifest.close();
      manifest = fresh;
    } catch (NoSpaceException e) {
      LOG.info("manifest kept long: no space for a new one");
    }
  }

  private void deleteObsolete() throws IOException {
    for (Optional<Long> next = views.pollObsolete();
        next.isPresent();
        next = views.pollObsolete()) {
      tables.forget(next.get());
      disk.delete(TableFormat.fileName(next.get()));
      space.changed();
    }
  }

  // ---- readers

  Index index(String name) {
    return indices.index(name);
  }

  boolean has(Index index) {
    return indices.has(index);
  }

  Optional<byte[]> get(Index index, byte[] key, long pinned) {
    // The view first: whatever is visible when it was current is in it, and what came since is seen
    // as a whole or not at all.
    View view = acquire();
    try {
      byte[] found = PointLookup.find(tables, view, index.id(), key, pinned < 0 ? visible : pinned);
      return found == null || found == PointLookup.DELETED ? Optional.empty() : Optional.of(found);
    } catch (IOException e) {
      throw readFailure(e);
    } finally {
      views.release(view);
    }
  }

  Cursor cursor(Index index, KeyRange range, long pinned, boolean descending) {
    View view = acquire();
    boolean done = false;
    try {
      long at = pinned < 0 ? visible : pinned;
      Cursor cursor = new StoreCursor(views, view, tables, at, index, range, descending);
      done = true;
      return cursor;
    } catch (IOException e) {
      throw readFailure(e);
    } finally {
      if (!done) {
        views.release(view);
      }
    }
  }

  Snapshot snapshot() {
    checkOpen();
    return new PinnedSnapshot(this, snapshots.pin(() -> visible));
  }

  void unpin(long sequence) {
    snapshots.unpin(sequence);
  }

  boolean hasRoom() {
    View view = views.current();
    long pending = view.active().bytes();
    for (Memtable frozen : view.frozen()) {
      pending += frozen.bytes();
    }
    return space.hasRoom(pending);
  }

  /** For tests of a full disk. */
  Space space() {
    return space;
  }

  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  StoreStats stats(long queuedBytes) {
    View view = views.current();
    long memory = view.active().bytes();
    for (Memtable frozen : view.frozen()) {
      memory += frozen.bytes();
    }
    long tableBytes = 0;
    int tableCount = 0;
    for (TableMeta table : view.version().all()) {
      tableBytes += table.bytes();
      tableCount++;
    }
    return counters.stats(
        visible,
        queuedBytes,
        memory,
        view.frozen().size(),
        view.version().maxLevel0(),
        tableCount,
        tableBytes,
        blocks.bytes(),
        space.freeBytes(),
        snapshots.size(),
        snapshots.oldest(visible));
  }

  /** The first failure of writing counts: from then on the store reads only. */
  void fail(IOException e) {
    if (failure == null) {
      failure = e;
      LOG.error("store failed, writes are refused until it is opened again: {}", e.toString());
    }
  }

  /** Syncs the log and gives everything back. The threads are to be stopped first. */
  @Override
  public void close() throws IOException {
    closed = true;
    Manifest open;
    synchronized (versionLock) {
      open = manifest;
    }
    try (lock;
        pool;
        wal;
        open) {
      tables.close();
      if (failure == null) {
        wal.force();
      }
    }
  }

  /** For the threads to end a merge early. */
  void stopMerging() {
    closed = true;
  }

  static StoreException readFailure(IOException e) {
    return e instanceof CorruptionException
        ? new StoreException(StoreException.Kind.CORRUPT, String.valueOf(e.getMessage()), e)
        : new StoreException(
            StoreException.Kind.FAILED, "the disk could not be read: " + e.getMessage(), e);
  }

  private View acquire() {
    checkOpen();
    return views.acquire();
  }

  private void checkOpen() {
    if (closed) {
      throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
    }
  }
}
