package io.troupe.bench.engines;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB by its own JNI binding. */
final class RocksEngine implements Engine {
  /** How tables are stored and read. */
  enum Files {
    COMPRESSED,
    MAPPED
  }

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final String[] BUSY = {
    "rocksdb.mem-table-flush-pending",
    "rocksdb.num-running-flushes",
    "rocksdb.compaction-pending",
    "rocksdb.num-running-compactions"
  };

  private final Deque<RocksObject> owned = new ArrayDeque<>();
  private final RocksDB db;
  private final WriteOptions writing;
  private final ReadOptions reading;

  private RocksEngine(Setup setup, Files files) throws RocksDBException {
    BlockBasedTableConfig tables =
        new BlockBasedTableConfig()
            .setBlockCache(own(new LRUCache(Setup.CACHE_BYTES)))
            .setFilterPolicy(own(new BloomFilter(10)));
    Options options =
        own(new Options())
            .setCreateIfMissing(true)
            .setTableFormatConfig(tables)
            .setCompressionType(
                files == Files.MAPPED
                    ? CompressionType.NO_COMPRESSION
                    : CompressionType.LZ4_COMPRESSION)
            .setAllowMmapReads(files == Files.MAPPED)
            .setWriteBufferSize(setup.memtableBytes())
            .setMaxWriteBufferNumber(4)
            .setMaxBackgroundJobs(2)
            // Its fastest log: what is recycled need not grow.
            .setRecycleLogFileNum(4)
            .setBytesPerSync(1 << 20);
    writing = own(new WriteOptions().setSync(setup.sync()));
    reading = own(new ReadOptions());
    db = RocksDB.open(options, setup.directory().toString());
  }

  static Engine open(Setup setup, Files files) throws RocksDBException {
    RocksDB.loadLibrary();
    return new RocksEngine(setup, files);
  }

  private <T extends RocksObject> T own(T object) {
    owned.push(object);
    return object;
  }

  @Override
  public void write(Batch batch) throws RocksDBException {
    try (WriteBatch writes = new WriteBatch()) {
      for (Batch.Operation o : batch.operations()) {
        if (o.value() == null) {
          writes.delete(o.key());
        } else {
          writes.put(o.key(), o.value());
        }
      }
      db.write(writing, writes);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) throws RocksDBException {
    return db.get(reading, key);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) throws RocksDBException {
    try (Slice end = new Slice(to);
        ReadOptions range = new ReadOptions().setIterateUpperBound(end);
        RocksIterator iterator = db.newIterator(range)) {
      for (iterator.seek(from); iterator.isValid(); iterator.next()) {
        visitor.accept(iterator.key(), iterator.value());
      }
      iterator.status();
    }
  }

  @Override
  public void settle() throws RocksDBException {
    try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      db.flush(flush);
    }
    while (busy()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private boolean busy() throws RocksDBException {
    for (String property : BUSY) {
      if (db.getLongProperty(property) > 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    try {
      db.closeE();
    } catch (RocksDBException e) {
      throw new IOException("RocksDB was not closed", e);
    }
    owned.forEach(RocksObject::close);
  }
}
