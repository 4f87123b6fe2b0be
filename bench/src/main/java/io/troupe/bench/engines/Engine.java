package io.troupe.bench.engines;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An ordered store as the works see it. Thread-safe. How durable a write is was said when it was
 * opened ({@link Setup#sync}). Keys have bytes from 0 to 127 only, since one of the stores orders
 * them as signed.
 */
interface Engine extends AutoCloseable {
  /** Takes one entry; both arrays are its own. */
  interface Visitor {
    void accept(byte[] key, byte[] value);
  }

  /** Returns when the batch is as durable as was asked for. */
  void write(Batch batch) throws Exception;

  /**
   * The same for who has more to write and need not know yet: returns when the engine can take the
   * next one, the stage completes when the batch is written.
   */
  default CompletionStage<?> submit(Batch batch) throws Exception {
    write(batch);
    return CompletableFuture.completedStage(null);
  }

  byte @Nullable [] get(byte[] key) throws Exception;

  /** All entries from one key to another, the latter excluded, in order. */
  void scan(byte[] from, byte[] to, Visitor visitor) throws Exception;

  /** Returns when all background work on what was written is done. */
  void settle() throws Exception;

  @Override
  void close() throws IOException;
}
