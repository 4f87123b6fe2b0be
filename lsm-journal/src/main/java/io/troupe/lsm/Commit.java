package io.troupe.lsm;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A batch on its way through the log. */
record Commit(
    WriteBatch batch, Durability durability, CompletableFuture<Long> done, Observed observed) {

  /** A batch whose expectations, if it has any, nobody has looked at. */
  Commit(WriteBatch batch, Durability durability, CompletableFuture<Long> done) {
    this(batch, durability, done, Observed.NOTHING);
  }

  /** Waits until it is done, whoever interrupts. */
  long await() {
    try {
      return done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreException refused) {
        throw refused;
      }
      throw e;
    }
  }

  void fail(StoreException.Kind kind, String message) {
    done.completeExceptionally(new StoreException(kind, message));
  }
}
