package io.troupe.bench.engines;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How an engine is opened and used in one process.
 *
 * @param sync whether a write is on the disk when it is acknowledged, or with the operating system
 * @param memtableBytes what the engine collects before it writes a table, where it has such a thing
 * @param records of the data set
 * @param seconds limit of one measurement
 */
record Setup(
    EngineKind engine,
    Path directory,
    boolean sync,
    long memtableBytes,
    long records,
    double seconds,
    Optional<Path> babudb) {
  static final long CACHE_BYTES = 256L << 20;
  static final long MEMTABLE_BYTES = 64L << 20;

  Engine open() throws Exception {
    return engine.open(this);
  }

  Setup synced() {
    return new Setup(engine, directory, true, memtableBytes, records, seconds, babudb);
  }

  Setup in(String subdirectory) {
    return new Setup(
        engine, directory.resolve(subdirectory), sync, memtableBytes, records, seconds, babudb);
  }

  Setup memtable(long bytes) {
    return new Setup(engine, directory, sync, bytes, records, seconds, babudb);
  }

  long nanos(double share) {
    return (long) (seconds * share * 1e9);
  }
}
