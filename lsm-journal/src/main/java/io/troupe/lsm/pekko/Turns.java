package io.troupe.lsm.pekko;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One turn at a time for a persistence id, in the order of asking: checking what is stored and
 * writing the successor are not torn apart by another writer, and who recovers sees what his
 * predecessor had under way. An entity waits for its own writes, so that nobody else waits here.
 */
final class Turns {
  private final Map<String, CompletableFuture<?>> last = new HashMap<>();
  private final Executor executor;

  Turns(Executor executor) {
    this.executor = executor;
  }

  <T> CompletionStage<T> take(String id, Supplier<CompletionStage<T>> turn) {
    CompletableFuture<T> mine = new CompletableFuture<>();
    CompletableFuture<?> before;
    synchronized (last) {
      before = last.put(id, mine);
    }
    CompletionStage<T> outcome =
        before == null
            ? CompletableFuture.completedFuture(id).thenCompose(x -> turn.get())
            : before.handle((x, failure) -> id).thenComposeAsync(x -> turn.get(), executor);
    outcome.whenComplete(
        (value, failure) -> {
          synchronized (last) {
            last.remove(id, mine);
          }
          if (failure == null) {
            mine.complete(value);
          } else {
            mine.completeExceptionally(failure);
          }
        });
    return mine;
  }
}
