package io.troupe.gateway.ports;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Asks entities, once. Answers always come, at the latest after a timeout, as values. Where nobody
 * answered, or the owner is known to be offline, that is EIO; of Volumes and Files it is EAGAIN,
 * since {@link Mrc} asks these again.
 */
public interface ClusterPort {
  <T> CompletionStage<Result<T>> askVolume(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command);

  <T> CompletionStage<Result<T>> askFile(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command);

  <T> CompletionStage<Result<T>> askReplica(
      OsdId osd, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command);

  <T> CompletionStage<Result<T>> askDirectory(
      Function<ActorRef<Result<T>>, DirectoryCommand> command);

  /** The newest view of the DIR that this process has. */
  DirectoryView view();

  CompletionStage<DirectoryView> refresh();

  /** Why a request to a partition would not be answered now, if that is known. */
  default Optional<String> whyUnreachable(PartitionId partition) {
    List<NodeId> members =
        view().volume(partition.volume()).map(VolumeRecord::members).orElse(List.of());
    Optional<String> why = Optional.empty();
    for (NodeId member : members) {
      why = whyOffline(member, "MRC");
      if (why.isEmpty()) {
        return why;
      }
    }
    return why;
  }

  /** Why a request to a node would not be answered now, if that is known. */
  default Optional<String> whyOffline(NodeId node, String role) {
    return view()
        .service(node)
        .filter(s -> !s.online())
        .map(s -> role + " " + node + " at " + s.record().address() + " is offline");
  }

  static <T> CompletionStage<Result<T>> unreachable(Errno errno, String why) {
    return CompletableFuture.completedFuture(Result.failed(errno, why));
  }
}
