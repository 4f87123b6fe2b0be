package io.troupe.lsm.pekko.follow;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Stages for others: they fail with what went wrong, not with the wrapper of a stage before. */
public final class Unwrapped {
  private Unwrapped() {}

  public static <T> CompletionStage<T> stage(CompletionStage<T> wrapped) {
    CompletableFuture<T> plain = new CompletableFuture<>();
    wrapped.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            plain.complete(value);
          } else {
            Throwable cause = failure.getCause();
            plain.completeExceptionally(
                failure instanceof CompletionException && cause != null ? cause : failure);
          }
        });
    return plain;
  }
}
