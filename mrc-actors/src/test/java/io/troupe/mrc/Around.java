package io.troupe.mrc;

import io.troupe.actors.file.FileCommand;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.Entities;
import io.troupe.sharding.EntityTypes;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/** All entities around the one under test: probes, which see what they are sent. */
public final class Around {
  private final TestNode node;
  public final TestProbe<VolumeCommand> volume;
  public final TestProbe<FileCommand> file;
  public final TestProbe<LeaseCommand> lease;

  /** With the ids: OSD and file. */
  public final TestProbe<ShardingEnvelope<ReplicaCommand>> replicas;

  public Around(TestNode node) {
    this.node = node;
    this.volume = node.probe();
    this.file = node.probe();
    this.lease = node.probe();
    this.replicas = node.probe();
  }

  /** The way to the probes. */
  public Entities entities() {
    return entities(volume.ref());
  }

  /** The way to that Volume, and to probes for the rest. */
  public Entities entities(ActorRef<VolumeCommand> realVolume) {
    return Entities.over(
        node.system(),
        TestNode.SELF,
        Map.of(
            EntityTypes.VOLUME, opened(realVolume),
            EntityTypes.FILE, opened(file.ref()),
            EntityTypes.LEASE, opened(lease.ref()),
            EntityTypes.REPLICA, replicas.ref()));
  }

  private <M> ActorRef<ShardingEnvelope<M>> opened(ActorRef<M> receiver) {
    return node.kit()
        .spawn(
            Behaviors.receiveMessage(
                (ShardingEnvelope<M> envelope) -> {
                  receiver.tell(envelope.message());
                  return Behaviors.same();
                }));
  }

  public <C extends VolumeCommand> C volumeGets(Class<C> command) {
    return volume.expectMessageClass(command, TestNode.LIMIT);
  }

  public <C extends FileCommand> C fileGets(Class<C> command) {
    return file.expectMessageClass(command, TestNode.LIMIT);
  }

  /** The next message of any replica. */
  public ShardingEnvelope<ReplicaCommand> replicaGets() {
    return replicas.receiveMessage(TestNode.LIMIT);
  }
}
