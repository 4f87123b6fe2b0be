package io.troupe.gateway.ports;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.Patience;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Volumes and Files, and asks again when nobody answered: whoever uses a file system sees at
 * most a pause while an MRC is started anew or another takes over. EIO when that takes too long.
 */
public final class Mrc {
  private static final Logger LOG = LoggerFactory.getLogger(Mrc.class);

  private final ClusterPort cluster;
  private final Patience patience;
  private final MetadataDurability durability;
  private final Places places = new Places(UUID.randomUUID());

  /**
   * For one client.
   *
   * @param patience how long and how often it asks
   * @param durability of the cluster's MRCs
   */
  public Mrc(ClusterPort cluster, Patience patience, MetadataDurability durability) {
    this.cluster = cluster;
    this.patience = patience;
    this.durability = durability;
  }

  /** All that a partition has acknowledged is on the disk then. */
  public CompletionStage<Result<Done>> sync(PartitionId partition) {
    return switch (durability) {
      case ALWAYS -> CompletableFuture.completedFuture(Result.ok(Done.DONE));
      case INTERVAL -> ask(partition, VolumeCommand.Sync::new);
    };
  }

  /** For what does no harm when it is carried out twice. */
  public <T> CompletionStage<Result<T>> ask(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    CompletionStage<Result<T>> answer =
        patience.whileUnanswered(() -> cluster.askVolume(partition, command));
    return answer.thenApply(
        result -> {
          if (result instanceof Result.Failed<T>(Errno errno, String detail)
              && errno == Errno.EIO) {
            LOG.warn("partition={} event=gave-up detail={}", partition, detail);
          }
          return result;
        });
  }

  /** For what is to be carried out once, however often it is asked for. */
  public <T> CompletionStage<Result<T>> once(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand.Repeatable> command) {
    Optional<OperationId> taken = places.take();
    if (taken.isEmpty()) {
      return CompletableFuture.completedFuture(
          Result.failed(Errno.EIO, "this client has " + OperationId.PLACES + " changes under way"));
    }
    OperationId id = taken.get();
    return this.<T>ask(partition, r -> new VolumeCommand.Once(id, command.apply(r)))
        .whenComplete((result, failure) -> places.giveBack(id));
  }

  /** Of a file. */
  public <T> CompletionStage<Result<T>> ask(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command) {
    return patience.whileUnanswered(() -> cluster.askFile(file, command));
  }
}
