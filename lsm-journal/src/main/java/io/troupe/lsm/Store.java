package io.troupe.lsm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An ordered key-value store in one directory, for one process at a time. Thread-safe.
 *
 * <p>Commits are queued and written in groups by one thread; they complete in the order of their
 * sequence numbers, and are visible to readers from then on.
 */
public final class Store implements Reader, AutoCloseable {

  private record Entry(int index, byte[] key, long sequence) {
    static final Comparator<Entry> ORDER =
        Comparator.comparingInt(Entry::index)
            .thenComparing(Entry::key, Arrays::compareUnsigned)
            .thenComparing(Comparator.comparingLong(Entry::sequence).reversed());
  }

  private record Value(byte @Nullable [] bytes) {}

  private record Commit(WriteBatch batch, Durability durability, CompletableFuture<Long> done) {}

  private final StoreOptions options;
  private final FileChannel lockChannel;
  private final FileChannel log;
  private final Map<String, Index> indices = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Entry, Value> entries =
      new ConcurrentSkipListMap<>(Entry.ORDER);
  private final ConcurrentLinkedQueue<Commit> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Thread logThread;
  private volatile long visible;
  private volatile boolean closed;
  private volatile Optional<IOException> failure = Optional.empty();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong groups = new AtomicLong();
  private final AtomicLong syncs = new AtomicLong();

  private Store(StoreOptions options, FileChannel lockChannel, FileChannel log) {
    this.options = options;
    this.lockChannel = lockChannel;
    this.log = log;
    this.logThread = new Thread(this::runLog, "lsm-log");
    this.logThread.setDaemon(true);
  }

  /**
   * Opens the store in a directory, which is created when it is not there.
   *
   * @throws CorruptionException when stored bytes do not verify; names the file and the offset
   * @throws IOException when another process has it open, or the disk fails
   */
  public static Store open(Path directory, StoreOptions options) throws IOException {
    Files.createDirectories(directory);
    FileChannel lockChannel =
        FileChannel.open(
            directory.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = lockChannel.tryLock();
      if (lock == null) {
        throw new IOException(directory + " is open in another process");
      }
    } catch (OverlappingFileLockException e) {
      lockChannel.close();
      throw new IOException(directory + " is open already in this process", e);
    } catch (IOException e) {
      lockChannel.close();
      throw e;
    }
    FileChannel log =
        FileChannel.open(
            directory.resolve("wal.log"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    Store store = new Store(options, lockChannel, log);
    store.recover();
    store.logThread.start();
    return store;
  }

  /**
   * The index of that name. It is created on first use, and durable with the first commit that
   * writes to it.
   */
  public Index index(String name) {
    synchronized (indices) {
      return indices.computeIfAbsent(name, n -> new Index(n, indices.size()));
    }
  }

  /**
   * Commits a batch atomically, over all its indices. Never blocks.
   *
   * @return the sequence number, completed on the thread that writes the log: what depends on it
   *     has to be quick or go elsewhere. Fails with a {@link StoreException}
   */
  public CompletionStage<Long> commit(WriteBatch batch, Durability durability) {
    var done = new CompletableFuture<Long>();
    if (closed) {
      done.completeExceptionally(
          new StoreException(StoreException.Kind.CLOSED, "the store is closed"));
      return done;
    }
    if (queuedBytes.addAndGet(batch.bytes()) > options.commitQueueBytes()) {
      queuedBytes.addAndGet(-batch.bytes());
      done.completeExceptionally(
          new StoreException(
              StoreException.Kind.OVERLOADED,
              "more than " + options.commitQueueBytes() + " bytes wait"));
      return done;
    }
    queue.add(new Commit(batch, durability, done));
    LockSupport.unpark(logThread);
    return done;
  }

  @Override
  public Optional<byte[]> get(Index index, byte[] key) {
    return get(index, key, visible);
  }

  @Override
  public Cursor cursor(Index index, KeyRange range) {
    return new MapCursor(slice(index, range), visible, false);
  }

  @Override
  public Cursor cursorReverse(Index index, KeyRange range) {
    return new MapCursor(slice(index, range), visible, true);
  }

  /** Pins the newest committed state. */
  public Snapshot snapshot() {
    long at = visible;
    return new Snapshot() {
      @Override
      public long sequence() {
        return at;
      }

      @Override
      public void close() {}

      @Override
      public Optional<byte[]> get(Index index, byte[] key) {
        return Store.this.get(index, key, at);
      }

      @Override
      public Cursor cursor(Index index, KeyRange range) {
        return new MapCursor(slice(index, range), at, false);
      }

      @Override
      public Cursor cursorReverse(Index index, KeyRange range) {
        return new MapCursor(slice(index, range), at, true);
      }
    };
  }

  /** Whether growing batches are taken: false when the disk is nearly full. Cheap. */
  public boolean hasRoom() {
    return true;
  }

  public StoreStats stats() {
    return new StoreStats(visible, commits.get(), groups.get(), syncs.get(), queuedBytes.get());
  }

  /** Completes what was committed before, then stops the threads. Later calls fail with CLOSED. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(logThread);
    boolean interrupted = false;
    while (logThread.isAlive()) {
      try {
        logThread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try (lockChannel;
        log) {
      log.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<byte[]> get(Index index, byte[] key, long at) {
    Map.Entry<Entry, Value> found = entries.ceilingEntry(new Entry(index.id(), key, at));
    if (found == null
        || found.getKey().index() != index.id()
        || !Arrays.equals(found.getKey().key(), key)) {
      return Optional.empty();
    }
    return Optional.ofNullable(found.getValue().bytes());
  }

  private ConcurrentNavigableMap<Entry, Value> slice(Index index, KeyRange range) {
    var from = new Entry(index.id(), range.from(), Long.MAX_VALUE);
    return range
        .to()
        .map(to -> entries.subMap(from, new Entry(index.id(), to, Long.MAX_VALUE)))
        .orElseGet(
            () -> entries.subMap(from, new Entry(index.id() + 1, new byte[0], Long.MAX_VALUE)));
  }

  private void runLog() {
    while (true) {
      List<Commit> group = new ArrayList<>();
      long bytes = 0;
      for (Commit next = queue.poll();
          next != null;
          next = bytes < (4 << 20) ? queue.poll() : null) {
        group.add(next);
        bytes += next.batch().bytes();
      }
      if (!group.isEmpty()) {
        write(group);
        queuedBytes.addAndGet(-bytes);
      } else if (closed) {
        return;
      } else {
        LockSupport.park(this);
      }
    }
  }

  private void write(List<Commit> group) {
    try {
      if (failure.isPresent()) {
        throw failure.get();
      }
      long sequence = visible;
      boolean sync = false;
      for (Commit commit : group) {
        sequence++;
        ByteBuffer frame = encode(sequence, commit.batch());
        while (frame.hasRemaining()) {
          if (log.write(frame) < 0) {
            throw new IOException("short write");
          }
        }
        sync |= commit.durability() == Durability.SYNC;
      }
      if (sync) {
        log.force(false);
        syncs.incrementAndGet();
      }
    } catch (IOException e) {
      failure = Optional.of(e);
      var failed =
          new StoreException(StoreException.Kind.FAILED, "the log could not be written", e);
      group.forEach(commit -> commit.done().completeExceptionally(failed));
      return;
    }
    groups.incrementAndGet();
    commits.addAndGet(group.size());
    for (Commit commit : group) {
      long sequence = visible + 1;
      for (WriteBatch.Operation op : commit.batch().operations()) {
        entries.put(new Entry(op.index().id(), op.key(), sequence), new Value(op.value()));
      }
      visible = sequence;
      commit.done().complete(sequence);
    }
  }

  private static ByteBuffer encode(long sequence, WriteBatch batch) {
    int size = 20;
    for (WriteBatch.Operation op : batch.operations()) {
      byte[] value = op.value();
      size +=
          12
              + op.index().name().length() * 3
              + op.key().length
              + (value == null ? 0 : value.length);
    }
    ByteBuffer frame = ByteBuffer.allocate(size);
    frame.position(8);
    frame.putLong(sequence).putInt(batch.size());
    for (WriteBatch.Operation op : batch.operations()) {
      byte[] name = op.index().name().getBytes(StandardCharsets.UTF_8);
      frame.put((byte) name.length).put(name).putShort((short) op.key().length).put(op.key());
      byte[] value = op.value();
      frame.putInt(value == null ? -1 : value.length);
      if (value != null) {
        frame.put(value);
      }
    }
    frame.flip();
    var crc = new CRC32C();
    crc.update(frame.array(), 8, frame.limit() - 8);
    return frame.putInt(0, frame.limit()).putInt(4, (int) crc.getValue());
  }

  private void recover() throws IOException {
    ByteBuffer head = ByteBuffer.allocate(8);
    long end = 0;
    while (true) {
      head.clear();
      if (log.read(head, end) < 8) {
        break;
      }
      int length = head.getInt(0);
      if (length < 20 || end + length > log.size()) {
        break;
      }
      ByteBuffer frame = ByteBuffer.allocate(length - 8);
      if (log.read(frame, end + 8) != length - 8) {
        break;
      }
      var crc = new CRC32C();
      crc.update(frame.array());
      if ((int) crc.getValue() != head.getInt(4)) {
        break;
      }
      frame.flip();
      long sequence = frame.getLong();
      for (int left = frame.getInt(); left > 0; left--) {
        byte[] name = new byte[frame.get() & 0xff];
        frame.get(name);
        byte[] key = new byte[frame.getShort()];
        frame.get(key);
        int valueLength = frame.getInt();
        byte @Nullable [] value = valueLength < 0 ? null : new byte[valueLength];
        if (value != null) {
          frame.get(value);
        }
        entries.put(
            new Entry(index(new String(name, StandardCharsets.UTF_8)).id(), key, sequence),
            new Value(value));
      }
      visible = sequence;
      end += length;
    }
    log.truncate(end);
    log.position(end);
  }

  private static final class MapCursor implements Cursor {
    private final Iterator<Map.Entry<Entry, Value>> entries;
    private final long at;
    private final boolean reverse;
    private byte[] key = new byte[0];
    private byte[] value = new byte[0];
    private Optional<Map.Entry<Entry, Value>> ahead = Optional.empty();

    MapCursor(ConcurrentNavigableMap<Entry, Value> slice, long at, boolean reverse) {
      this.entries = (reverse ? slice.descendingMap() : slice).entrySet().iterator();
      this.at = at;
      this.reverse = reverse;
      step();
    }

    /** Moves {@code ahead} to the next version that the cursor may see. */
    private void step() {
      ahead = Optional.empty();
      while (entries.hasNext() && ahead.isEmpty()) {
        Map.Entry<Entry, Value> next = entries.next();
        if (next.getKey().sequence() <= at) {
          ahead = Optional.of(next);
        }
      }
    }

    @Override
    public boolean next() {
      while (ahead.isPresent()) {
        Map.Entry<Entry, Value> newest = ahead.get();
        step();
        while (ahead.isPresent()
            && Arrays.equals(ahead.get().getKey().key(), newest.getKey().key())) {
          newest = reverse ? ahead.get() : newest;
          step();
        }
        byte[] bytes = newest.getValue().bytes();
        if (bytes != null) {
          key = newest.getKey().key();
          value = bytes;
          return true;
        }
      }
      return false;
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public byte[] value() {
      return value;
    }

    @Override
    public void close() {}
  }
}
