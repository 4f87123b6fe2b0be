package io.troupe.mrc.volume;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.mrc.namespace.Namespace;
import io.troupe.mrc.namespace.Tree.Garbage;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Registry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Deletes the objects of files that are gone: works through the garbage records, a bounded number
 * at a time; a record goes when every OSD of the file has answered. An OSD that is away is asked
 * again later. It also reminds File entities of files without a name, so that a restart in between
 * leaves none behind.
 */
final class Reaper {
  /** Of one partition. */
  sealed interface Command {}

  /** The partition serves. */
  record Begin() implements Command {}

  /** There may be garbage. */
  record Look() implements Command {}

  private record Tick() implements Command {}

  private record Deleted(long inode, boolean everywhere) implements Command {}

  /** Orphans reminded of per tick. */
  private static final int MAX_ORPHANS = 1_000;

  private final ActorContext<Command> context;
  private final PartitionId partition;
  private final Namespace namespace;
  private final ActorRef<VolumeCommand> volume;
  private final Entities entities;
  private final Registry registry;
  private final VolumeSettings settings;
  private final Set<Long> underWay = new HashSet<>();

  /** Handed to the volume, whose record may still be there. */
  private final Set<Long> reported = new HashSet<>();

  private long lastSeen;

  private Reaper(
      ActorContext<Command> context,
      PartitionId partition,
      Namespace namespace,
      ActorRef<VolumeCommand> volume,
      Entities entities,
      VolumeSettings settings) {
    this.context = context;
    this.partition = partition;
    this.namespace = namespace;
    this.volume = volume;
    this.entities = entities;
    this.registry = Registry.get(context.getSystem());
    this.settings = settings;
  }

  static Behavior<Command> create(
      PartitionId partition,
      Namespace namespace,
      ActorRef<VolumeCommand> volume,
      Entities entities,
      VolumeSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new Reaper(context, partition, namespace, volume, entities, settings)
                        .behavior(timers)));
  }

  private Behavior<Command> behavior(TimerScheduler<Command> timers) {
    return Behaviors.receive(Command.class)
        .onMessage(
            Begin.class,
            b -> {
              timers.startTimerWithFixedDelay(new Tick(), settings.reapInterval());
              remindOrphans();
              return work();
            })
        .onMessage(Look.class, l -> work())
        .onMessage(
            Tick.class,
            t -> {
              // From the first again: those that failed come to be tried anew.
              lastSeen = 0;
              reported.clear();
              remindOrphans();
              return work();
            })
        .onMessage(
            Deleted.class,
            d -> {
              underWay.remove(d.inode());
              if (d.everywhere()) {
                reported.add(d.inode());
                volume.tell(new VolumeEntity.Reaped(d.inode()));
              }
              return work();
            })
        .build();
  }

  private void remindOrphans() {
    for (long inode : namespace.orphans(0, MAX_ORPHANS)) {
      entities.tell(new FileId(partition.volume(), inode), new FileCommand.Unlinked());
    }
  }

  private Behavior<Command> work() {
    int free = settings.reapAtOnce() - underWay.size();
    if (free <= 0) {
      return Behaviors.same();
    }
    for (Garbage g : namespace.garbage(lastSeen, free)) {
      lastSeen = g.inode();
      if (!reported.contains(g.inode()) && underWay.add(g.inode())) {
        delete(g);
      }
    }
    return Behaviors.same();
  }

  private void delete(Garbage g) {
    FileId file = new FileId(partition.volume(), g.inode());
    List<CompletableFuture<Result<Done>>> answers = new ArrayList<>();
    for (ReplicaLocation replica : g.xlocs().replicas()) {
      for (OsdId osd : replica.osds()) {
        if (!registry.isOnline(osd.node())) {
          context.getSelf().tell(new Deleted(g.inode(), false));
          return;
        }
        answers.add(
            entities
                .<Result<Done>>ask(osd, file, ReplicaCommand.Delete::new, settings.requestTimeout())
                .toCompletableFuture());
      }
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    context.pipeToSelf(
        all,
        (nothing, failure) ->
            new Deleted(
                g.inode(),
                failure == null
                    && answers.stream().allMatch(a -> a.join() instanceof Result.Ok<Done>)));
  }
}
