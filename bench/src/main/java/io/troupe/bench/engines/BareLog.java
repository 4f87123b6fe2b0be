package io.troupe.bench.engines;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The limit of appends: records into a file whose blocks are there and zero, and one sync for all
 * that came during the last one. Who finds nobody writing writes for all, and hands over to the
 * first who came meanwhile. It checks nothing and finds nothing, except by a walk over everything.
 */
final class BareLog implements Engine {
  private static final int FILE_BYTES = 512 << 20;

  /** More at a time makes large folios, in which a small write takes 4 µs instead of 1. */
  private static final int FILL_BYTES = 64 << 10;

  private static final int GROUP_BYTES = 4 << 20;

  /** Writers whose records go out together. */
  private static final class Group {
    final ByteBuffer bytes = ByteBuffer.allocateDirect(GROUP_BYTES);
    final List<Waiter> waiters = new ArrayList<>();
  }

  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    volatile boolean leads;
    volatile boolean done;
  }

  private final FileChannel file;
  private final boolean sync;
  private final ReentrantLock lock = new ReentrantLock();
  private Group collecting = new Group();
  private Group spare = new Group();
  private boolean writing;
  private long end;

  private BareLog(FileChannel file, boolean sync) {
    this.file = file;
    this.sync = sync;
  }

  static Engine open(Setup setup) throws IOException {
    FileChannel file = FileChannel.open(setup.directory().resolve("log"), CREATE_NEW, READ, WRITE);
    ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
    for (long at = 0; at < FILE_BYTES; at += FILL_BYTES) {
      write(file, zeros.clear(), at);
    }
    file.force(true);
    return new BareLog(file, setup.sync());
  }

  private static void write(FileChannel file, ByteBuffer bytes, long at) throws IOException {
    for (long to = at; bytes.hasRemaining(); ) {
      to += file.write(bytes, to);
    }
  }

  @Override
  public void write(Batch batch) throws IOException {
    Waiter me = new Waiter();
    lock.lock();
    try {
      for (Batch.Operation o : batch.operations()) {
        append(o);
      }
      collecting.waiters.add(me);
      if (!writing) {
        writing = true;
        me.leads = true;
      }
    } finally {
      lock.unlock();
    }
    while (!me.done && !me.leads) {
      LockSupport.park(this);
    }
    if (!me.done) {
      lead();
    }
  }

  private void append(Batch.Operation o) {
    byte[] value = o.value();
    if (value == null) {
      throw new IllegalArgumentException("a log does not delete");
    }
    collecting.bytes.putInt(o.key().length).putInt(value.length).put(o.key()).put(value);
  }

  private void lead() throws IOException {
    Group group = take();
    group.bytes.flip();
    int bytes = group.bytes.remaining();
    write(file, group.bytes, end);
    if (sync) {
      file.force(false);
    }
    end += bytes;
    group.bytes.clear();
    for (Waiter w : group.waiters) {
      w.done = true;
      LockSupport.unpark(w.thread);
    }
    group.waiters.clear();
    handOver(group);
  }

  private Group take() {
    lock.lock();
    try {
      Group group = collecting;
      collecting = spare;
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void handOver(Group empty) {
    lock.lock();
    try {
      spare = empty;
      if (collecting.waiters.isEmpty()) {
        writing = false;
      } else {
        Waiter next = collecting.waiters.getFirst();
        next.leads = true;
        LockSupport.unpark(next.thread);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    throw new UnsupportedOperationException("a log has no index");
  }

  /** In the order of their writing, whatever the range. */
  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) throws IOException {
    ByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, end);
    while (bytes.hasRemaining()) {
      byte[] key = new byte[bytes.getInt()];
      byte[] value = new byte[bytes.getInt()];
      bytes.get(key).get(value);
      visitor.accept(key, value);
    }
  }

  @Override
  public void settle() {}

  @Override
  public void close() throws IOException {
    file.close();
  }
}
