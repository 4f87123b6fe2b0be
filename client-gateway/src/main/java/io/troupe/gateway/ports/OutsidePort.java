package io.troupe.gateway.ports;

import io.troupe.actors.ask.Asks;
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
import io.troupe.gateway.relay.RelayCommand;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * From outside of the cluster: through a gateway actor. The view is as new as the last {@link
 * #refresh}, which also finds the gateway again after it was away.
 */
public final class OutsidePort implements ClusterPort {
  private final ActorSystem<?> system;
  private final GatewayLink gateway;
  private final Duration attempt;
  private final Duration timeout;
  private final Duration slowTimeout;
  private volatile DirectoryView view = DirectoryView.EMPTY;

  public OutsidePort(
      ActorSystem<?> system,
      GatewayLink gateway,
      Duration attempt,
      Duration timeout,
      Duration slowTimeout) {
    this.system = system;
    this.gateway = gateway;
    this.attempt = attempt;
    this.timeout = timeout;
    this.slowTimeout = slowTimeout;
  }

  private <R> CompletionStage<R> ask(Function<ActorRef<R>, RelayCommand> command, Duration limit) {
    Optional<ActorRef<RelayCommand>> found = gateway.now();
    if (found.isEmpty()) {
      return CompletableFuture.failedFuture(new FsException(Errno.EIO, gateway.whyAway()));
    }
    CompletionStage<R> answer = Asks.ask(found.get(), command, limit, system);
    return answer.whenComplete(
        (a, failure) -> {
          if (failure instanceof TimeoutException) {
            // Not the gateway's fault if it was waited for somebody behind it: find out.
            gateway.suspect();
          }
        });
  }

  private <T> CompletionStage<Result<T>> answered(
      Function<ActorRef<Result<T>>, RelayCommand> command,
      Duration limit,
      Errno unanswered,
      String who) {
    CompletionStage<Result<T>> answer = ask(command, limit);
    return answer.exceptionally(
        e ->
            e instanceof FsException f
                ? Result.failed(unanswered, f.detail())
                : Result.failed(unanswered, who + " did not answer in time"));
  }

  @Override
  public <T> CompletionStage<Result<T>> askVolume(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    Optional<String> why = whyUnreachable(partition);
    return why.isPresent()
        ? ClusterPort.unreachable(Errno.EAGAIN, why.get())
        : answered(
            r -> new RelayCommand.ToVolume(partition, command.apply(r)),
            attempt,
            Errno.EAGAIN,
            "volume " + partition);
  }

  @Override
  public <T> CompletionStage<Result<T>> askFile(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command) {
    Optional<String> why = whyUnreachable(file.partition());
    return why.isPresent()
        ? ClusterPort.unreachable(Errno.EAGAIN, why.get())
        : answered(
            r -> new RelayCommand.ToFile(file, command.apply(r)),
            timeout,
            Errno.EAGAIN,
            "file " + file);
  }

  @Override
  public <T> CompletionStage<Result<T>> askReplica(
      OsdId osd, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command) {
    Optional<String> why = whyOffline(osd.node(), "OSD");
    return why.isPresent()
        ? ClusterPort.unreachable(Errno.EIO, why.get())
        : answered(
            r -> new RelayCommand.ToReplica(osd, file, command.apply(r)),
            timeout,
            Errno.EIO,
            "OSD " + osd);
  }

  @Override
  public <T> CompletionStage<Result<T>> askDirectory(
      Function<ActorRef<Result<T>>, DirectoryCommand> command) {
    return answered(
        r -> new RelayCommand.ToDirectory(command.apply(r)), slowTimeout, Errno.EIO, "the DIR");
  }

  @Override
  public DirectoryView view() {
    return view;
  }

  /** Looks for the gateway first if it is away. */
  @Override
  public CompletionStage<DirectoryView> refresh() {
    return gateway.now().isPresent()
        ? askView()
        : gateway.suspect().thenCompose(found -> askView());
  }

  private CompletionStage<DirectoryView> askView() {
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
