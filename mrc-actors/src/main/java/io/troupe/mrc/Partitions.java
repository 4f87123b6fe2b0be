package io.troupe.mrc;

import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.PartitionId;
import io.troupe.mrc.file.FileEntity;
import io.troupe.mrc.volume.VolumeEntity;
import io.troupe.mrc.volume.VolumeSettings;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Registry;
import io.troupe.sharding.group.Group;
import io.troupe.sharding.group.GroupIds;
import io.troupe.sharding.group.GroupSpec;
import io.troupe.sharding.group.Groups;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Joins the groups of the replicated partitions that the catalog gives to this node, and leads what
 * their entities persist to the groups' logs.
 */
final class Partitions {
  sealed interface Command {}

  private record Look() implements Command {}

  private record Serving(PartitionId partition) implements Command {}

  private record Remind(PartitionId partition) implements Command {}

  private record Joined(PartitionId partition, Group group) implements Command {}

  private record NotJoined(PartitionId partition, Throwable why) implements Command {}

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration REMIND = Duration.ofSeconds(1);

  private final ActorContext<Command> context;
  private final Registry registry;
  private final NodeId self;
  private final Entities entities;
  private final Groups groups;
  private final VolumeSettings settings;
  private final Set<PartitionId> joining = new HashSet<>();

  private final PartitionGroups joined;

  private Partitions(
      ActorContext<Command> context,
      Registry registry,
      Entities entities,
      Groups groups,
      PartitionGroups joined,
      VolumeSettings settings) {
    this.context = context;
    this.registry = registry;
    this.self = registry.self();
    this.entities = entities;
    this.groups = groups;
    this.joined = joined;
    this.settings = settings;
  }

  /**
   * The actor of this node.
   *
   * @param joined gets what the node takes part in
   */
  static Behavior<Command> create(
      Registry registry,
      Entities entities,
      Groups groups,
      PartitionGroups joined,
      VolumeSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                new Partitions(context, registry, entities, groups, joined, settings)::behavior));
  }

  private Behavior<Command> behavior(TimerScheduler<Command> timers) {
    timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, LOOK);
    return Behaviors.receiveMessage(
        command -> {
          switch (command) {
            case Look l -> look();
            case Serving(PartitionId partition) -> {
              begin(partition);
              timers.startSingleTimer(partition, new Remind(partition), REMIND);
            }
            case Remind(PartitionId partition) -> begin(partition);
            case Joined(PartitionId partition, Group group) -> joined(partition, group);
            case NotJoined(PartitionId partition, Throwable why) -> {
              context.getLog().error("partition={} event=not-joined", partition, why);
              joining.remove(partition);
            }
          }
          return Behaviors.same();
        });
  }

  private void look() {
    for (VolumeRecord volume : registry.view().volumes()) {
      PartitionId first = new PartitionId(volume.id(), 0);
      if (volume.isReplicated() && volume.members().contains(self) && joining.add(first)) {
        join(first, volume);
      }
    }
  }

  private void join(PartitionId partition, VolumeRecord volume) {
    GroupSpec spec =
        new GroupSpec(
            GroupIds.of(partition),
            CellId.ofPartition(partition),
            volume.members(),
            PartitionRanges.of(partition),
            settings.leaseDuration());
    ActorRef<Command> me = context.getSelf();
    context.pipeToSelf(
        groups.join(spec, () -> me.tell(new Serving(partition))),
        (group, failure) ->
            failure == null ? new Joined(partition, group) : new NotJoined(partition, failure));
  }

  private void joined(PartitionId partition, Group group) {
    joined.put(partition, group);
    // The shards are placed while whoever places them is there; later they stay where they are.
    entities.tell(self, partition, new VolumeEntity.Begin());
    entities.tell(self, new FileId(partition.volume(), FileId.ROOT_INODE), new FileEntity.Stop());
  }

  /**
   * Reminded again: the first time it may be the Volume of an epoch before that hears it, which
   * ends then, and what comes while it does is lost.
   */
  private void begin(PartitionId partition) {
    entities.tell(self, partition, new VolumeEntity.Begin());
  }
}
