package io.troupe.lsm.table;

import io.troupe.lsm.StoreException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.range.RangeTombstones;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Opens tables when they are read, and keeps a bounded number of them open. Thread-safe. */
public final class TableCache {

  /** Codecs, with their buffers, that wait for the next reader: more than disks serve at once. */
  private static final int MAX_IDLE_CODECS = 32;

  private static final int RECENT_TABLES = 1 << 10;

  private final Disk disk;
  private final BlockCache cache;
  private final int maxOpen;
  private final ConcurrentHashMap<Long, Table> open = new ConcurrentHashMap<>();
  private final ArrayDeque<Long> order = new ArrayDeque<>();

  /** Those of {@link #open} that were looked up last, each where its number says. */
  private final AtomicReferenceArray<@Nullable Table> recent =
      new AtomicReferenceArray<>(RECENT_TABLES);

  private final ArrayBlockingQueue<SectionCodec> codecs = new ArrayBlockingQueue<>(MAX_IDLE_CODECS);
  private boolean closed;

  public TableCache(Disk disk, BlockCache cache, int maxOpen) {
    this.disk = disk;
    this.cache = cache;
    this.maxOpen = maxOpen;
  }

  /**
   * The newest version of a key in a table that is not newer than a sequence number.
   *
   * @param answer says which, when there is one; to be released
   * @return whether there is one
   */
  public boolean find(long table, byte[] key, long hash, long sequence, Found answer)
      throws IOException {
    return table(table).find(key, hash, sequence, answer);
  }

  /**
   * Whether a table may have versions of a key, which is the start of an array: asks its filter.
   */
  public boolean mayHave(long table, byte[] key, int keyLength) throws IOException {
    long hash = Bloom.hash(key, keyLength);
    return table(table).mayHave(key, keyLength, hash);
  }

  /** The hash of a key for {@link #find}: computed once for all tables that are asked. */
  public static long hash(byte[] key) {
    return Bloom.hash(key);
  }

  /** The deletes of ranges in a table. In memory while it is open. */
  public RangeTombstones ranges(long table) throws IOException {
    return table(table).ranges();
  }

  /**
   * The versions of a table from a key on, in order.
   *
   * @param keep whether blocks are put into the cache; without, it reads ahead from the start
   */
  public EntryCursor ascending(long table, byte[] from, boolean keep) throws IOException {
    var cursor = new TableCursor(table(table), false, keep);
    return placed(
        cursor,
        () -> {
          if (from.length == 0) {
            cursor.toStart();
          } else {
            cursor.seek(from);
          }
        });
  }

  /** The versions of a table before a key, in reverse order. */
  public EntryCursor descending(long table, byte[] to) throws IOException {
    var cursor = new TableCursor(table(table), true, true);
    return placed(cursor, () -> cursor.seek(to));
  }

  /** All versions of a table, in reverse order. */
  public EntryCursor descending(long table) throws IOException {
    var cursor = new TableCursor(table(table), true, true);
    return placed(cursor, cursor::toEnd);
  }

  /** Reads all of a table, so that whatever does not verify is reported. */
  public void verify(long number) throws IOException {
    Table table = table(number);
    for (int part = 0; part < table.fence().parts(); part++) {
      filter(table, table.fence().filterOffset(part), table.fence().filterLength(part)).release();
    }
    try (EntryCursor all = ascending(number, new byte[0], false)) {
      while (all.next()) {
        // each block is checked as it comes
      }
    }
  }

  /** Closes a table that is about to be deleted. */
  public void forget(long table) throws IOException {
    Table present = open.get(table);
    if (present != null) {
      drop(table, present);
    }
    cache.remove(table);
  }

  /** Closes all; later reads fail. */
  public void close() throws IOException {
    synchronized (order) {
      closed = true;
    }
    for (Long table : open.keySet()) {
      Table present = open.get(table);
      if (present != null) {
        drop(table, present);
      }
    }
    cache.clear();
  }

  /**
   * A block of entries, from memory or from the file, pinned.
   *
   * @param keep whether it is put into the cache
   * @param window what its cursor read ahead; null for a single block
   */
  Block block(Table table, long offset, int length, boolean keep, @Nullable Window window)
      throws IOException {
    Block cached = cache.find(table.number(), offset);
    cache.asked(cached != null);
    return cached != null ? cached : load(table, offset, length, keep, true, window);
  }

  /** A reader found a block without asking for it. */
  void seen() {
    cache.asked(true);
  }

  /** A filter, pinned. */
  Block filter(Table table, long offset, int length) throws IOException {
    Block cached = cache.find(table.number(), offset);
    return cached != null ? cached : load(table, offset, length, true, false, null);
  }

  private Block load(
      Table table, long offset, int length, boolean keep, boolean entries, @Nullable Window window)
      throws IOException {
    Table.check(table.name(), offset, length, table.sectionsEnd());
    SectionCodec polled = codecs.poll();
    SectionCodec codec = polled == null ? new SectionCodec() : polled;
    try {
      ByteBuffer bytes;
      if (window != null) {
        bytes = window.section(this, table, offset, length, codec);
      } else {
        bytes = codec.input(length);
        read(table, offset, bytes);
        bytes.flip();
      }
      int bodyLength = codec.verify(bytes, table.name(), table.number(), offset);
      Block block = keep ? cache.allocate(table.number(), offset, bodyLength) : null;
      if (block == null) {
        MemorySegment memory =
            window != null && !keep ? window.body(bodyLength) : Arena.ofAuto().allocate(bodyLength);
        block = new Block(memory, 0, bodyLength, table.number(), offset, -1);
      }
      boolean done = false;
      try {
        codec.decode(bytes, block.body(), table.name(), offset);
        if (entries) {
          block.parse(table.name());
        }
        done = true;
      } finally {
        if (!done && block.isCached()) {
          cache.discard(block);
        }
      }
      return block.isCached() ? cache.publish(block) : block;
    } finally {
      codecs.offer(codec);
    }
  }

  /**
   * Fills a buffer from the file of a table, opened again when it is found closed. A thread that
   * reads while it is interrupted closes the file under everyone: the interruption is put off until
   * it has read.
   */
  void read(Table table, long offset, ByteBuffer target) throws IOException {
    boolean interrupted = false;
    int position = target.position();
    Table current = table;
    try {
      while (true) {
        if (!current.retain()) {
          current = openTable(table.number());
          continue;
        }
        try {
          current.referenced = true;
          current.read(offset, target);
          return;
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          target.position(position);
          drop(table.number(), current);
        } finally {
          current.release();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Placing {
    void run() throws IOException;
  }

  private static EntryCursor placed(TableCursor cursor, Placing placing) throws IOException {
    boolean done = false;
    try {
      placing.run();
      done = true;
      return cursor;
    } finally {
      if (!done) {
        cursor.close();
      }
    }
  }

  /**
   * A table that is open, or was until a moment ago; which makes no difference, see {@link Table}.
   */
  private Table table(long number) throws IOException {
    int place = (int) number & (RECENT_TABLES - 1);
    Table seen = recent.getAcquire(place);
    if (seen == null || seen.number() != number) {
      seen = openTable(number);
      recent.setRelease(place, seen);
    }
    if (!seen.referenced) {
      seen.referenced = true;
    }
    return seen;
  }

  private Table openTable(long number) throws IOException {
    Table present = open.get(number);
    if (present != null) {
      return present;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return open(number);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Lets a table go, unless somebody did so before. */
  private void drop(long number, Table table) throws IOException {
    boolean present;
    synchronized (order) {
      present = open.remove(number, table);
      if (present) {
        order.remove(number);
      }
    }
    if (present) {
      forgetRecent(number, table);
      table.release();
    }
  }

  /** So that the file is opened at most once more, not for each read. */
  private void forgetRecent(long number, Table gone) {
    recent.compareAndSet((int) number & (RECENT_TABLES - 1), gone, null);
  }

  private Table open(long number) throws IOException {
    synchronized (order) {
      Table present = open.get(number);
      if (present != null) {
        return present;
      }
      if (closed) {
        throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
      }
      Table opened = Table.open(disk, number, this);
      open.put(number, opened);
      order.add(number);
      while (order.size() > maxOpen) {
        Long oldest = order.remove();
        Table candidate = open.get(oldest);
        if (candidate != null && (candidate == opened || candidate.referenced)) {
          candidate.referenced = false;
          order.add(oldest);
        } else if (candidate != null) {
          open.remove(oldest, candidate);
          forgetRecent(oldest, candidate);
          candidate.release();
        }
      }
      return opened;
    }
  }
}
