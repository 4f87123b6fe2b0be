package io.troupe.mrc.volume;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.mrc.namespace.NamespaceChange;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One change that waits for its batch, with what is to be done with its outcome once that is
 * durable.
 *
 * @param reclaims it frees space, so that it is accepted on a full disk
 */
record Operation<T>(
    Function<NamespaceChange, Result<T>> change, Consumer<Result<T>> answer, boolean reclaims) {

  /** Carries the change out on the batch's overlay; returns what answers. */
  Runnable apply(NamespaceChange namespace) {
    Result<T> result = change.apply(namespace);
    return () -> answer.accept(result);
  }

  void fail(Errno errno, String detail) {
    answer.accept(Result.failed(errno, detail));
  }
}
