package io.troupe.lsm;

import java.util.concurrent.CompletableFuture;

/** A batch on its way through the log. */
record Commit(WriteBatch batch, Durability durability, CompletableFuture<Long> done) {

  void fail(StoreException.Kind kind, String message) {
    done.completeExceptionally(new StoreException(kind, message));
  }
}
