package io.troupe.gateway.ports;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** Expects to be asked nothing; what a test does ask it overrides. */
public class NoCluster implements ClusterPort {
  @Override
  public <T> CompletionStage<Result<T>> askVolume(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    throw new AssertionError("a Volume is asked");
  }

  @Override
  public <T> CompletionStage<Result<T>> askFile(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command) {
    throw new AssertionError("a File is asked");
  }

  @Override
  public <T> CompletionStage<Result<T>> askReplica(
      OsdId osd, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command) {
    throw new AssertionError("a Replica is asked");
  }

  @Override
  public <T> CompletionStage<Result<T>> askDirectory(
      Function<ActorRef<Result<T>>, DirectoryCommand> command) {
    throw new AssertionError("the DIR is asked");
  }

  @Override
  public DirectoryView view() {
    return DirectoryView.EMPTY;
  }

  @Override
  public CompletionStage<DirectoryView> refresh() {
    throw new AssertionError("the DIR is asked for its view");
  }
}
