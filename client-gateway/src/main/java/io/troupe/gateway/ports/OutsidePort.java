package io.troupe.gateway.ports;

import io.troupe.actors.ask.Asks;
import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.relay.RelayCommand;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * From outside of the cluster: through a gateway actor. The view is as new as the last {@link
 * #refresh}.
 */
public final class OutsidePort implements ClusterPort {
  private final ActorSystem<?> system;
  private final ActorRef<RelayCommand> gateway;
  private final Duration timeout;
  private final Duration slowTimeout;
  private volatile DirectoryView view = DirectoryView.EMPTY;

  public OutsidePort(
      ActorSystem<?> system,
      ActorRef<RelayCommand> gateway,
      Duration timeout,
      Duration slowTimeout) {
    this.system = system;
    this.gateway = gateway;
    this.timeout = timeout;
    this.slowTimeout = slowTimeout;
  }

  private <R> CompletionStage<R> ask(Function<ActorRef<R>, RelayCommand> command, Duration limit) {
    return Asks.ask(gateway, command, limit, system);
  }

  private <T> CompletionStage<Result<T>> answered(
      Function<ActorRef<Result<T>>, RelayCommand> command, Duration limit, String who) {
    CompletionStage<Result<T>> answer = ask(command, limit);
    return answer.exceptionally(e -> Result.failed(Errno.EIO, who + " did not answer in time"));
  }

  @Override
  public <T> CompletionStage<Result<T>> askVolume(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    return answered(
        r -> new RelayCommand.ToVolume(partition, command.apply(r)),
        timeout,
        "volume " + partition);
  }

  @Override
  public <T> CompletionStage<Result<T>> askFile(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command) {
    return answered(r -> new RelayCommand.ToFile(file, command.apply(r)), timeout, "file " + file);
  }

  @Override
  public <T> CompletionStage<Result<T>> askReplica(
      OsdId osd, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command) {
    return answered(
        r -> new RelayCommand.ToReplica(osd, file, command.apply(r)), timeout, "OSD " + osd);
  }

  @Override
  public <T> CompletionStage<Result<T>> askDirectory(
      Function<ActorRef<Result<T>>, DirectoryCommand> command) {
    return answered(r -> new RelayCommand.ToDirectory(command.apply(r)), slowTimeout, "the DIR");
  }

  @Override
  public DirectoryView view() {
    return view;
  }

  @Override
  public CompletionStage<DirectoryView> refresh() {
    CompletionStage<DirectoryView> answer =
        ask(r -> new RelayCommand.ToDirectory(new DirectoryCommand.GetView(r)), timeout);
    return answer.thenApply(
        v -> {
          synchronized (this) {
            view = v.newerOf(view);
          }
          return v;
        });
  }
}
