package io.troupe.mrc.file;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.PendingCut;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.Entities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The steps of a truncate: the Volume notes new epoch and size and that the OSDs have not cut yet;
 * they cut; the Volume takes the note back. Each step may be repeated; a failure leaves the note,
 * and the next open or truncate goes on from there.
 */
record Truncation(FileId file, Entities entities, Duration timeout) {
  CompletionStage<Result<FileDescription>> begin(long sizeBytes) {
    return note(sizeBytes)
        .thenCompose(
            noted ->
                noted instanceof Result.Failed<FileDescription> f && f.errno() == Errno.EBUSY
                    ? finishThenNote(sizeBytes)
                    : CompletableFuture.completedFuture(noted))
        .thenCompose(this::orFinish);
  }

  private CompletionStage<Result<FileDescription>> note(long sizeBytes) {
    return askVolume(r -> new VolumeCommand.BeginTruncate(file.inode(), sizeBytes, r));
  }

  /** An older cut comes first: an OSD that missed it would show again what it cut off. */
  private CompletionStage<Result<FileDescription>> finishThenNote(long sizeBytes) {
    return describe()
        .thenCompose(
            finished ->
                finished instanceof Result.Ok<FileDescription>
                    ? note(sizeBytes)
                    : CompletableFuture.completedFuture(finished));
  }

  CompletionStage<Result<FileDescription>> describe() {
    return this.<FileDescription>askVolume(r -> new VolumeCommand.Describe(file.inode(), r))
        .thenCompose(this::orFinish);
  }

  private CompletionStage<Result<FileDescription>> orFinish(Result<FileDescription> described) {
    if (described instanceof Result.Ok<FileDescription>(FileDescription d)
        && d.pendingCut().isPresent()) {
      PendingCut cut = d.pendingCut().get();
      return cut(d, cut).thenCompose(outcome -> finish(d, cut, outcome));
    }
    return CompletableFuture.completedFuture(described);
  }

  /** Asks all OSDs; the first failure is the outcome. */
  private CompletionStage<Optional<Result.Failed<Done>>> cut(FileDescription d, PendingCut cut) {
    List<CompletableFuture<Result<Done>>> answers = new ArrayList<>();
    for (ReplicaLocation replica : d.xlocs().map(XLocSet::replicas).orElse(List.of())) {
      for (OsdId osd : replica.osds()) {
        CompletionStage<Result<Done>> answer =
            entities.ask(
                osd,
                file,
                (ActorRef<Result<Done>> r) ->
                    new ReplicaCommand.Truncate(cut.truncateEpoch(), cut.sizeBytes(), replica, r),
                timeout);
        answers.add(
            answer
                .exceptionally(
                    e -> Result.failed(Errno.EIO, "OSD " + osd + " did not truncate " + file))
                .toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all -> {
              for (CompletableFuture<Result<Done>> a : answers) {
                if (a.join() instanceof Result.Failed<Done> f) {
                  return Optional.of(f);
                }
              }
              return Optional.empty();
            });
  }

  private CompletionStage<Result<FileDescription>> finish(
      FileDescription d, PendingCut cut, Optional<Result.Failed<Done>> failure) {
    if (failure.isPresent()) {
      return CompletableFuture.completedFuture(failure.get().as());
    }
    return this.<Attributes>askVolume(
            r -> new VolumeCommand.EndTruncate(file.inode(), cut.truncateEpoch(), r))
        .thenApply(result -> result.map(a -> new FileDescription(a, d.xlocs(), Optional.empty())));
  }

  <T> CompletionStage<Result<T>> askVolume(
      java.util.function.Function<ActorRef<Result<T>>, VolumeCommand> command) {
    CompletionStage<Result<T>> answer = entities.askHere(file.partition(), command, timeout);
    return answer.exceptionally(
        e -> Result.failed(Errno.EIO, "the volume of " + file + " did not answer"));
  }
}
