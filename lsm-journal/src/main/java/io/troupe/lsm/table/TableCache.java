package io.troupe.lsm.table;

import io.troupe.lsm.StoreException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Opens tables when they are read, and keeps a bounded number of them open. Thread-safe. */
public final class TableCache {

  /** A block of a table, and how many blocks there are. */
  record Place(int block, int blocks) {}

  private interface Reading<T> {
    T from(Table table) throws IOException;
  }

  private final Disk disk;
  private final BlockCache cache;
  private final int maxOpen;
  private final ConcurrentHashMap<Long, Table> open = new ConcurrentHashMap<>();
  private final ArrayDeque<Long> order = new ArrayDeque<>();
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
    Table opened = open.get(table);
    if (opened != null && opened.retain()) {
      opened.referenced = true;
      try {
        return opened.find(key, hash, sequence, answer);
      } catch (ClosedChannelException e) {
        // a reader was interrupted: the slow way opens it again
      } finally {
        opened.release();
      }
    }
    return read(table, reopened -> reopened.find(key, hash, sequence, answer));
  }

  /**
   * Whether a table may have versions of a key, which is the start of an array: asks its filter.
   */
  public boolean mayHave(long table, byte[] key, int keyLength) throws IOException {
    long hash = Bloom.hash(key, keyLength);
    return read(table, opened -> opened.mayHave(hash));
  }

  /** The hash of a key for {@link #find}: computed once for all tables that are asked. */
  public static long hash(byte[] key) {
    return Bloom.hash(key);
  }

  /** The versions of a table from a key on, in order. */
  public EntryCursor ascending(long table, byte[] from, boolean keep) throws IOException {
    var position = new Table.Position(this, table, false, keep);
    if (from.length == 0) {
      position.seekStart();
    } else {
      position.seek(from);
    }
    return position;
  }

  /** The versions of a table before a key, in reverse order. */
  public EntryCursor descending(long table, byte[] to) throws IOException {
    var position = new Table.Position(this, table, true, true);
    position.seek(to);
    return position;
  }

  /** All versions of a table, in reverse order. */
  public EntryCursor descending(long table) throws IOException {
    var position = new Table.Position(this, table, true, true);
    position.seekEnd();
    return position;
  }

  /** Opens a table and reads its first block: whether it is there and whole. */
  public void check(long table) throws IOException {
    block(table, 0, false);
  }

  /** Closes a table that is about to be deleted. */
  public void forget(long table) throws IOException {
    Table present = open.get(table);
    if (present != null) {
      drop(table, present);
    }
  }

  /** Closes all; later reads fail. */
  public void close() throws IOException {
    synchronized (order) {
      closed = true;
    }
    for (Long table : open.keySet()) {
      forget(table);
    }
  }

  Place locate(long table, byte[] key) throws IOException {
    return read(
        table,
        opened -> new Place(opened.fence().find(key, Long.MAX_VALUE), opened.fence().blocks()));
  }

  int blocks(long table) throws IOException {
    return read(table, opened -> opened.fence().blocks());
  }

  Block block(long table, int block, boolean keep) throws IOException {
    return read(table, opened -> opened.block(block, keep));
  }

  /**
   * Reads from a table, opened again when it is found closed. A thread that reads while it is
   * interrupted closes the channel under everyone: the interruption is put off until it has read.
   */
  private <T> T read(long number, Reading<T> reading) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        Optional<Table> retained;
        try {
          retained = retained(number);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          continue;
        }
        if (retained.isEmpty()) {
          continue; // let go in between
        }
        Table table = retained.get();
        try {
          table.referenced = true;
          return reading.from(table);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          drop(number, table);
        } finally {
          table.release();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Optional<Table> retained(long number) throws IOException {
    Table table = open.get(number);
    if (table == null) {
      table = open(number);
    }
    return table.retain() ? Optional.of(table) : Optional.empty();
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
      table.release();
    }
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
      Table opened = Table.open(disk, number, cache);
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
          candidate.release();
        }
      }
      return opened;
    }
  }
}
