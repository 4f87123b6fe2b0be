package io.troupe.lsm;

import java.util.concurrent.CompletableFuture;

/** A batch on its way through the log. */
record Commit(
    WriteBatch batch, Durability durability, CompletableFuture<Long> done, Observed observed) {

  /** A batch whose expectations, if it has any, nobody has looked at. */
  Commit(WriteBatch batch, Durability durability, CompletableFuture<Long> done) {
    this(batch, durability, done, Observed.NOTHING);
  }

  void fail(StoreException.Kind kind, String message) {
    done.completeExceptionally(new StoreException(kind, message));
  }
}
