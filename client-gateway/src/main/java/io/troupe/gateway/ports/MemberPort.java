package io.troupe.gateway.ports;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Registry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * As a node of the cluster: straight to the entities.
 *
 * @param attempt how long a Volume may take to answer
 * @param timeout the same of other entities
 * @param slowTimeout for what takes a while: making and removing volumes
 */
public record MemberPort(
    Entities entities, Registry registry, Duration attempt, Duration timeout, Duration slowTimeout)
    implements ClusterPort {
  @Override
  public <T> CompletionStage<Result<T>> askVolume(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    Optional<String> why = whyUnreachable(partition);
    if (why.isPresent()) {
      return ClusterPort.unreachable(Errno.EAGAIN, why.get());
    }
    return answered(entities.ask(partition, command, attempt), Errno.EAGAIN, "volume " + partition);
  }

  @Override
  public <T> CompletionStage<Result<T>> askFile(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command) {
    Optional<String> why = whyUnreachable(file.partition());
    if (why.isPresent()) {
      return ClusterPort.unreachable(Errno.EAGAIN, why.get());
    }
    return answered(entities.ask(file, command, timeout), Errno.EAGAIN, "file " + file);
  }

  @Override
  public <T> CompletionStage<Result<T>> askReplica(
      OsdId osd, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command) {
    Optional<String> why = whyOffline(osd.node(), "OSD");
    if (why.isPresent()) {
      return ClusterPort.unreachable(Errno.EIO, why.get());
    }
    return answered(entities.ask(osd, file, command, timeout), Errno.EIO, "OSD " + osd);
  }

  @Override
  public <T> CompletionStage<Result<T>> askDirectory(
      Function<ActorRef<Result<T>>, DirectoryCommand> command) {
    return answered(entities.ask(command, slowTimeout), Errno.EIO, "the DIR");
  }

  private static <T> CompletionStage<Result<T>> answered(
      CompletionStage<Result<T>> answer, Errno unanswered, String who) {
    return answer.exceptionally(
        e ->
            e instanceof FsException f
                ? Result.failed(unanswered, f.detail())
                : Result.failed(unanswered, who + " did not answer in time"));
  }

  @Override
  public DirectoryView view() {
    return registry.view();
  }

  @Override
  public CompletionStage<DirectoryView> refresh() {
    return registry.refresh();
  }
}
