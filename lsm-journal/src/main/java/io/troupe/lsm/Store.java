package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.FileDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An ordered key-value store in one directory, for one process at a time. Thread-safe.
 *
 * <p>Commits are queued and written in groups by one thread: a group is what came while the
 * previous one was synced. They complete in the order of their sequence numbers, and are visible to
 * readers from then on. More threads flush memtables, merge tables and prepare log segments; all of
 * them sleep when there is nothing to do.
 *
 * <p>When the disk fails a write or a sync, the store goes on to be readable and refuses writes
 * with FAILED until it is opened again. When the disk is nearly full, batches that put something
 * get NO_SPACE, batches of deletes go on; it recovers by itself when there is room.
 */
public final class Store implements Reader, AutoCloseable {

  private final Engine engine;
  private final CommitQueue commits;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Worker flusher;
  private final List<Worker> compactors = new ArrayList<>();
  private final Worker preparer;
  private final Beside inserter = Beside.thread();
  private volatile Volunteers volunteers = Volunteers.NONE;

  private Store(Disk disk, StoreOptions options) throws IOException {
    this.engine = Engine.open(disk, options, new Signals(), System::nanoTime);
    this.commits = new CommitQueue(options, engine);
    this.flusher = new Worker("lsm-flush", engine::flush, commits::progressed, engine::fail);
    for (int i = 1; i <= options.compactionThreads(); i++) {
      compactors.add(
          new Worker("lsm-compact-" + i, engine::compact, commits::progressed, engine::fail));
    }
    this.preparer = new Worker("lsm-prepare", engine::prepare, commits::progressed, engine::fail);
  }

  /**
   * Opens the store in a directory, which is created when it is not there.
   *
   * @throws CorruptionException when stored bytes do not verify; names the file and the offset
   * @throws IOException when another process has it open, or the disk fails
   */
  public static Store open(Path directory, StoreOptions options) throws IOException {
    return open(FileDisk.in(directory), options);
  }

  /**
   * Opens the store in a directory for reading only. Nothing is written, not even to repair what a
   * crash left. Several processes may do so at a time, and none while another has the store open
   * for writing; within a process, once.
   *
   * @throws CorruptionException when stored bytes do not verify; names the file and the offset
   * @throws IOException when there is no store, a process has it open for writing, or the disk
   *     fails
   */
  public static ReadOnlyStore openReadOnly(Path directory, StoreOptions options)
      throws IOException {
    return ReadOnlyStore.open(FileDisk.readOnly(directory), options);
  }

  /**
   * Makes a store out of a checkpoint, which stays as it is, after verifying every byte of it.
   *
   * @param checkpoint a directory that {@link #checkpoint} or {@link Snapshot#materialise} wrote
   * @param directory an empty one; created when it is not there
   * @return the number of the last commit in it
   * @throws CorruptionException when stored bytes do not verify: nothing was restored
   * @throws IOException when the disk fails, or is full (which it says): what was copied is gone
   *     again, the directory is not opened, and may be restored to once more
   */
  public static long restore(Path checkpoint, Path directory) throws IOException {
    return Restore.run(FileDisk.readOnly(checkpoint), FileDisk.in(directory), StoreOptions.small());
  }

  /** Opens the store on a disk. */
  static Store open(Disk disk, StoreOptions options) throws IOException {
    var store = new Store(disk, options);
    store.inserter.start();
    store.commits.start();
    store.flusher.start();
    store.compactors.forEach(Worker::start);
    store.preparer.start();
    return store;
  }

  /**
   * The index of that name. It is created on first use, and durable with the first commit that
   * writes to it.
   */
  public Index index(String name) {
    return engine.index(name);
  }

  /** Has threads that volunteer write the log, where another one would have to be woken for it. */
  public void setVolunteers(Volunteers threads) {
    volunteers = threads;
  }

  /**
   * Commits a batch atomically, over all its indices. Never blocks, but that a batch which {@link
   * WriteBatch#expect expects} something may have to read from the disk.
   *
   * @return the sequence number, completed on the thread that writes the log, which may be a {@link
   *     Volunteers volunteer}: what depends on it has to be quick or go elsewhere. Fails with a
   *     {@link StoreException}
   * @throws IllegalArgumentException when the batch names an index of another store
   */
  public CompletionStage<Long> commit(WriteBatch batch, Durability durability) {
    Commit commit = begin(batch, durability);
    if (!commit.done().isDone()) {
      commits.add(commit, volunteers);
    }
    return commit.done();
  }

  /**
   * As {@link #commit} with {@link Durability#OS}, but that the calling thread writes, where nobody
   * else does and no sync is due: that takes a few microseconds, and to have it done by the log
   * thread two wake-ups.
   */
  public CompletionStage<Long> commitHere(WriteBatch batch) {
    Commit commit = begin(batch, Durability.OS);
    boolean syncDue = engine.nanosToSync() == 0;
    if (!commit.done().isDone() && (syncDue || !commits.writeAtOnce(commit))) {
      commits.add(commit, volunteers);
    }
    return commit.done();
  }

  /**
   * As {@link #commit}, and waits until it is done, whoever interrupts. Cheaper than waiting for
   * {@code commit}: where nobody else writes the calling thread does, without a word to another.
   * Not for actors: it blocks for a sync of the disk, or for as long as writers are held back.
   *
   * @return the sequence number
   * @throws StoreException when it failed
   */
  public long commitAndWait(WriteBatch batch, Durability durability) {
    Commit commit = begin(batch, durability);
    if (!commit.done().isDone() && !commits.writeAtOnce(commit)) {
      commits.add(commit);
    }
    return commit.await();
  }

  private Commit begin(WriteBatch batch, Durability durability) {
    List<Index> indices = batch.indices();
    for (int i = 0; i < indices.size(); i++) {
      checkIndex(indices.get(i));
    }
    for (WriteBatch.Expectation expected : batch.expectations()) {
      checkIndex(expected.index());
    }
    try {
      return new Commit(batch, durability, new CompletableFuture<>(), engine.observe(batch));
    } catch (StoreException e) {
      return new Commit(batch, durability, CompletableFuture.failedFuture(e));
    }
  }

  private void checkIndex(Index index) {
    if (!engine.has(index)) {
      throw new IllegalArgumentException("no index of this store: " + index);
    }
  }

  @Override
  public Optional<byte[]> get(Index index, byte[] key) {
    return engine.get(index, key, -1);
  }

  @Override
  public <T> @Nullable T read(Index index, byte[] key, ValueReader<T> look) {
    return engine.read(index, key, -1, look);
  }

  @Override
  public Optional<Versioned> getVersioned(Index index, byte[] key) {
    return engine.getVersioned(index, key, -1);
  }

  @Override
  public Cursor cursor(Index index, KeyRange range) {
    return engine.cursor(index, range, -1, false);
  }

  @Override
  public Cursor cursorReverse(Index index, KeyRange range) {
    return engine.cursor(index, range, -1, true);
  }

  /** Pins the newest committed state. Costs nothing to make. */
  public Snapshot snapshot() {
    return engine.snapshot();
  }

  /**
   * Makes a copy of the store in a directory, as of one moment while writes go on: at least all
   * that was committed before the call. Tables become hard links where the directory is on the same
   * file system: such a copy takes little time and, as long as the store keeps the tables too, no
   * room. The copy is a store: to restore is to open it, or a copy of it that {@link #restore}
   * made. Blocks until it is durable.
   *
   * @param directory an empty one, or one that an unfinished checkpoint was left in (which is not
   *     opened as a store); created when it is not there
   * @return the number of the last commit in it
   * @throws StoreException CLOSED, FAILED, or NO_SPACE when the memtable cannot be written
   * @throws IOException when the copy cannot be written
   */
  public long checkpoint(Path directory) throws IOException {
    return checkpoint(FileDisk.in(directory), Optional.empty());
  }

  /**
   * As {@link #checkpoint(Path)}, for a directory on another file system: tables that an earlier
   * checkpoint there has, with the same content, are linked and not copied again.
   */
  public long checkpoint(Path directory, Path earlier) throws IOException {
    return checkpoint(FileDisk.in(directory), Optional.of(FileDisk.readOnly(earlier)));
  }

  private long checkpoint(Disk target, Optional<Disk> earlier) throws IOException {
    long wanted = engine.lastSequence();
    boolean interrupted = false;
    try {
      while (!engine.isFlushed(wanted)) {
        if (closing.get()) {
          throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
        }
        Optional<IOException> failure = engine.failure();
        if (failure.isPresent()) {
          throw new StoreException(StoreException.Kind.FAILED, "the store failed", failure.get());
        }
        if (engine.blockedBySpace()) {
          throw new StoreException(StoreException.Kind.NO_SPACE, "no room for the memtable");
        }
        interrupted |= commits.flushUpTo(wanted);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return engine.checkpoint(target, earlier);
  }

  /**
   * Follows the log.
   *
   * @param from number of the first batch, at most one more than the newest
   * @param durable whether to give only what is on stable storage; otherwise all that is visible
   * @param more called when there may be more after {@link LogTail#poll} gave nothing, on the
   *     thread that writes: to be quick, such as a message to an actor
   */
  public LogTail tail(long from, boolean durable, Runnable more) {
    return engine.tail(from, durable, more);
  }

  /**
   * Whether batches that put something are taken: false when the disk is nearly full. Cheap; up to
   * 100 ms old.
   */
  public boolean hasRoom() {
    return engine.hasRoom();
  }

  /** Why the store refuses writes; empty while it does not. */
  public Optional<IOException> failure() {
    return engine.failure();
  }

  public StoreStats stats() {
    return engine.stats(commits.queuedBytes());
  }

  /**
   * Completes what was committed before, makes all of it durable, and stops the threads. Later
   * calls fail with CLOSED.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    commits.close();
    engine.stopMerging();
    List<Worker> workers = new ArrayList<>(compactors);
    workers.add(flusher);
    workers.add(preparer);
    for (Worker worker : workers) {
      worker.stop();
      Worker.join(worker.thread());
    }
    inserter.stop().ifPresent(Worker::join);
    try {
      engine.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Wakes the worker; the workers start with a look of their own, so that nothing is lost while the
   * engine is opened.
   */
  private final class Signals implements Background {
    @Override
    public void flush() {
      flusher.signal();
    }

    @Override
    public void compact() {
      compactors.forEach(Worker::signal);
    }

    @Override
    public void prepare() {
      preparer.signal();
    }

    @Override
    public Beside beside() {
      return inserter;
    }
  }
}
