package io.troupe.mrc.volume;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.mrc.namespace.Namespace;
import io.troupe.mrc.namespace.Tree.Garbage;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Registry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
 * again later. New garbage is collected for a moment: an OSD syncs deletes that come together once,
 * and what people wait for is not behind each of them. The reaper also reminds File entities of
 * files without a name, so that a restart in between leaves none behind.
 */
final class Reaper {
  /** Of one partition. */
  sealed interface Command {}

  /** The partition serves. */
  record Begin() implements Command {}

  /** The Volume knows who has what open: files without a name may be looked after. */
  record OpensKnown() implements Command {}

  /** New garbage, as its records have it. */
  record Discarded(List<Garbage> files) implements Command {}

  /** There may be garbage that nobody told of. */
  record Rescan() implements Command {}

  /** The garbage that it was asked for is on the disk, or that is not known. */
  record Settled(boolean durable) implements Command {}

  /** Garbage has been collected for long enough. */
  private record Collected() implements Command {}

  private record Tick() implements Command {}

  private record Deleted(long inode, boolean everywhere) implements Command {}

  /** So long new garbage waits for more, unless there is enough for all that may be under way. */
  static final Duration COLLECTING = Duration.ofMillis(100);

  /** Orphans reminded of per tick. */
  private static final int MAX_ORPHANS = 1_000;

  /** Files remembered to be deleted; the records know the rest. */
  private static final int MAX_TODO = 10_000;

  private final ActorContext<Command> context;
  private final PartitionId partition;
  private final Namespace namespace;
  private final ActorRef<VolumeCommand> volume;
  private final Entities entities;
  private final Registry registry;
  private final VolumeSettings settings;
  private final Set<Long> underWay = new HashSet<>();
  private final Deque<Garbage> todo = new ArrayDeque<>();

  /**
   * Where changes do not wait for the disk: garbage that may not be on it. To delete its objects
   * then could leave the file without them.
   */
  private List<Garbage> unsettled = new ArrayList<>();

  /** Garbage of which the Volume will tell that it is on the disk. */
  private List<Garbage> settling = List.of();

  private boolean opensKnown;

  /** Records may exist that are neither under way nor to do. */
  private boolean incomplete = true;

  /** The looks through garbage and orphans go on behind these; 0 from the first. */
  private long garbageSeen;

  private long orphansSeen;

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
              return rescan();
            })
        .onMessage(
            OpensKnown.class,
            o -> {
              opensKnown = true;
              remindOrphans();
              return Behaviors.same();
            })
        .onMessage(
            Discarded.class,
            d -> {
              add(d.files());
              if (todo.size() + unsettled.size() >= settings.reapAtOnce()) {
                return work();
              }
              if (!timers.isTimerActive(Collected.class)) {
                timers.startSingleTimer(Collected.class, new Collected(), COLLECTING);
              }
              return Behaviors.same();
            })
        .onMessage(Collected.class, c -> work())
        .onMessage(
            Settled.class,
            s -> {
              if (s.durable()) {
                todo.addAll(settling);
              } else {
                incomplete = true;
              }
              settling = List.of();
              return work();
            })
        .onMessage(
            Rescan.class,
            r -> {
              incomplete = true;
              return rescan();
            })
        .onMessage(
            Tick.class,
            t -> {
              if (opensKnown) {
                remindOrphans();
              }
              return rescan();
            })
        .onMessage(
            Deleted.class,
            d -> {
              underWay.remove(d.inode());
              if (d.everywhere()) {
                volume.tell(new VolumeEntity.Reaped(d.inode()));
              } else {
                incomplete = true;
              }
              boolean enough = underWay.isEmpty() || todo.size() >= settings.reapAtOnce();
              return enough ? work() : Behaviors.same();
            })
        .build();
  }

  private void add(List<Garbage> files) {
    boolean settled = settings.durability() == MetadataDurability.ALWAYS;
    for (Garbage g : files) {
      if (todo.size() + unsettled.size() + settling.size() < MAX_TODO) {
        (settled ? todo : unsettled).add(g);
      } else {
        incomplete = true;
      }
    }
  }

  /**
   * Looks the records through only when some may have been missed: deleted ones slow the look down.
   * It goes on where it ended before, so that files of an OSD that stays away hold up nobody.
   */
  private Behavior<Command> rescan() {
    if (incomplete && todo.isEmpty() && unsettled.isEmpty() && settling.isEmpty()) {
      List<Garbage> found = namespace.garbage(garbageSeen, MAX_TODO);
      boolean all = garbageSeen == 0 && found.size() < MAX_TODO;
      garbageSeen = found.size() < MAX_TODO ? 0 : found.getLast().inode();
      incomplete = !all;
      add(found);
    }
    return work();
  }

  private void remindOrphans() {
    List<Long> found = namespace.orphans(orphansSeen, MAX_ORPHANS);
    for (long inode : found) {
      volume.tell(new VolumeEntity.Nameless(inode));
    }
    orphansSeen = found.size() < MAX_ORPHANS ? 0 : found.getLast();
  }

  private Behavior<Command> work() {
    if (settling.isEmpty() && !unsettled.isEmpty()) {
      settling = unsettled;
      unsettled = new ArrayList<>();
      volume.tell(new VolumeEntity.Settle());
    }
    while (underWay.size() < settings.reapAtOnce() && !todo.isEmpty()) {
      Garbage g = todo.remove();
      if (underWay.add(g.inode())) {
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
