package io.troupe.bench.engines;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/** LMDB by lmdbjava: a B+ tree that is copied on write, and mapped; the cache is the system's. */
final class LmdbEngine implements Engine {
  private static final long MAP_BYTES = 64L << 30;
  private static final int BUFFER_BYTES = 4096;

  /** What a thread needs again and again. */
  private final class Tools {
    final ByteBuffer key = ByteBuffer.allocateDirect(BUFFER_BYTES);
    final ByteBuffer value = ByteBuffer.allocateDirect(BUFFER_BYTES);
    @Nullable Txn<ByteBuffer> reading;

    Txn<ByteBuffer> read() {
      Txn<ByteBuffer> txn = reading;
      if (txn == null) {
        txn = env.txnRead();
        reading = txn;
        opened.add(txn);
      } else {
        txn.renew();
      }
      return txn;
    }
  }

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> dbi;
  private final Queue<Txn<ByteBuffer>> opened = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Tools> tools = ThreadLocal.withInitial(Tools::new);

  private LmdbEngine(Env<ByteBuffer> env) {
    this.env = env;
    this.dbi = env.openDbi("bench", DbiFlags.MDB_CREATE);
  }

  static Engine open(Setup setup) {
    Env.Builder<ByteBuffer> env = Env.create().setMapSize(MAP_BYTES).setMaxDbs(1).setMaxReaders(64);
    return new LmdbEngine(
        setup.sync()
            ? env.open(setup.directory().toFile(), EnvFlags.MDB_NOTLS)
            : env.open(setup.directory().toFile(), EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOSYNC));
  }

  private static ByteBuffer fill(ByteBuffer buffer, byte[] bytes) {
    return buffer.clear().put(bytes).flip();
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  @Override
  public void write(Batch batch) {
    Tools mine = tools.get();
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      for (Batch.Operation o : batch.operations()) {
        ByteBuffer key = fill(mine.key, o.key());
        if (o.value() == null) {
          boolean unused = dbi.delete(txn, key);
        } else {
          boolean unused = dbi.put(txn, key, fill(mine.value, o.value()));
        }
      }
      txn.commit();
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    Tools mine = tools.get();
    Txn<ByteBuffer> txn = mine.read();
    try {
      ByteBuffer found = dbi.get(txn, fill(mine.key, key));
      return found == null ? null : copy(found);
    } finally {
      txn.reset();
    }
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    Tools mine = tools.get();
    ByteBuffer end = ByteBuffer.wrap(to);
    Txn<ByteBuffer> txn = mine.read();
    try (Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      for (boolean there = cursor.get(fill(mine.key, from), GetOp.MDB_SET_RANGE);
          there && cursor.key().compareTo(end) < 0;
          there = cursor.next()) {
        visitor.accept(copy(cursor.key()), copy(cursor.val()));
      }
    } finally {
      txn.reset();
    }
  }

  @Override
  public void settle() {
    env.sync(true);
  }

  @Override
  public void close() {
    opened.forEach(Txn::close);
    env.close();
  }
}
