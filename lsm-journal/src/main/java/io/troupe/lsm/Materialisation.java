package io.troupe.lsm;

import java.util.concurrent.CompletionStage;

/**
 * A snapshot that is being written out as a store of its own, in the background. Closing the
 * snapshot does not disturb it; closing the store fails it. Thread-safe.
 */
public interface Materialisation {

  /**
   * Completed with the number of entries when the new store is whole and durable, on a thread of
   * its own. Fails with a {@link StoreException} (CLOSED, CORRUPT, NO_SPACE, FAILED: the directory
   * then holds an unfinished copy, which is not opened as a store, and which the next attempt
   * clears away), or with a {@link java.util.concurrent.CancellationException}.
   */
  CompletionStage<Long> done();

  /** How many entries have been written so far. */
  long entries();

  /** How many bytes of keys and values have been written so far. */
  long bytes();

  /** Ends it soon. Without effect when it is done. */
  void cancel();
}
