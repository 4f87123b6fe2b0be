package io.troupe.lsm.pekko;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Deletes the events of an entity in bounded batches, from the oldest on, with their entries in the
 * indices of the queries. After a crash in between there is no gap: older ones are gone, the rest
 * is there.
 *
 * @param commit commits a batch that deletes; accepted even when the disk is nearly full
 */
record EventDeletion(
    Store store,
    EventIndices indices,
    Function<WriteBatch, CompletionStage<Long>> commit,
    String persistenceId,
    long to,
    Executor blocking) {
  /** Bounds what a long deletion holds in memory. */
  private static final int BATCH = 1_000;

  /** A batch that is committed elsewhere fits into one message. */
  private static final int BATCH_BYTES = 128 << 10;

  CompletionStage<Void> runFrom(long from) {
    if (from > to) {
      return CompletableFuture.completedFuture(null);
    }
    WriteBatch batch = new WriteBatch();
    long done = to;
    try (Cursor c = store.cursor(indices.events(), Keys.range(persistenceId, from, to))) {
      int events = 0;
      while (c.next()) {
        add(batch, c.key().clone(), c.value());
        if (++events == BATCH || batch.bytes() > BATCH_BYTES) {
          done = Keys.number(c.key());
          break;
        }
      }
    }
    long last = done;
    batch.put(indices.deleted(), Keys.plain(persistenceId), Keys.ordinal(last));
    return commit.apply(batch).thenComposeAsync(sequence -> runFrom(last + 1), blocking);
  }

  private void add(WriteBatch batch, byte[] key, byte[] record) {
    batch.delete(indices.events(), key);
    EventFormat.Indexed entry = EventFormat.indexed(key, record);
    if (entry.ordinal() != 0) {
      batch.delete(indices.log(), Keys.ordinal(entry.ordinal()));
      for (String tag : entry.tags()) {
        batch.delete(indices.tags(), Keys.numbered(tag, entry.ordinal()));
      }
    }
  }
}
