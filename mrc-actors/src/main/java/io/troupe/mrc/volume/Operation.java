package io.troupe.mrc.volume;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.volume.OperationId;
import io.troupe.mrc.namespace.NamespaceChange;
import io.troupe.mrc.namespace.Replay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One change that waits for its batch, and who is to be told of its outcome once that is durable.
 */
final class Operation<T> {
  private final Function<NamespaceChange, Result<T>> change;
  private final boolean reclaims;
  private final boolean syncs;
  private final Optional<OperationId> id;
  private final List<Consumer<Result<T>>> answers = new ArrayList<>(1);

  private Operation(
      Function<NamespaceChange, Result<T>> change,
      Consumer<Result<T>> answer,
      boolean reclaims,
      boolean syncs,
      Optional<OperationId> id) {
    this.change = change;
    this.reclaims = reclaims;
    this.syncs = syncs;
    this.id = id;
    answers.add(answer);
  }

  /** One that needs space. */
  static <T> Operation<T> growing(
      Function<NamespaceChange, Result<T>> change, Consumer<Result<T>> answer) {
    return new Operation<>(change, answer, false, false, Optional.empty());
  }

  /** One that frees space, so that it is accepted on a full disk. */
  static <T> Operation<T> reclaiming(
      Function<NamespaceChange, Result<T>> change, Consumer<Result<T>> answer) {
    return new Operation<>(change, answer, true, false, Optional.empty());
  }

  /** The same for a client that may ask for it again. */
  Operation<T> once(OperationId change, Replay<T> replay) {
    return new Operation<>(
        n -> n.once(change, replay, this.change),
        answers.getFirst(),
        reclaims,
        syncs,
        Optional.of(change));
  }

  /** The same, answered when it is on the disk, with all that was acknowledged before it. */
  Operation<T> synced() {
    return new Operation<>(change, answers.getFirst(), reclaims, true, id);
  }

  /** Nothing but that all before it is on the disk, full as that may be. */
  static Operation<Done> sync(Consumer<Result<Done>> answer) {
    return reclaiming(n -> Result.ok(Done.DONE), answer).synced();
  }

  boolean reclaims() {
    return reclaims;
  }

  /** Whether its answer waits for the disk, whatever the partition's setting. */
  boolean syncs() {
    return syncs;
  }

  /** Empty where it is not asked for again. */
  Optional<OperationId> id() {
    return id;
  }

  /** A later attempt of the same change is told what this one comes to. */
  @SuppressWarnings("unchecked") // the same change has the same answer
  void join(Operation<?> attempt) {
    answers.addAll(((Operation<T>) attempt).answers);
  }

  /** Carries the change out on the batch's overlay; returns what answers. */
  Runnable apply(NamespaceChange namespace) {
    Result<T> result = change.apply(namespace);
    return () -> answer(result);
  }

  void fail(Errno errno, String detail) {
    answer(Result.failed(errno, detail));
  }

  private void answer(Result<T> result) {
    answers.forEach(a -> a.accept(result));
  }
}
