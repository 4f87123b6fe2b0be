package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.errors.Done;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.directory.DirectoryEntity;
import io.troupe.sharding.directory.DirectoryGroup;
import io.troupe.sharding.directory.DirectoryLimits;
import io.troupe.sharding.directory.DirectoryReplicas;
import io.troupe.sharding.group.Groups;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/** The role dir: hosts the one Directory entity, or one of those of which one at a time serves. */
public final class DirectoryRole {
  /**
   * The first time it may be the Directory of an epoch before that hears that it may serve, which
   * ends then, and what comes while it does is lost.
   */
  private static final Duration REMIND = Duration.ofSeconds(1);

  private final ActorSystem<?> system;
  private final Optional<DirectoryGroup> group;
  private final AtomicReference<@Nullable Entities> entities = new AtomicReference<>();

  /** Before anything is hosted. */
  public DirectoryRole(ActorSystem<?> system) {
    this.system = system;
    int replicas = DirectoryReplicas.of(system.settings().config());
    this.group =
        replicas > 1 ? Optional.of(new DirectoryGroup(system, replicas)) : Optional.empty();
  }

  /** Whether other nodes keep the directory, too. */
  public boolean isReplicated() {
    return group.isPresent();
  }

  /** What to host; {@link #started} has to follow once the entities can be reached. */
  public Hosting<DirectoryCommand> hosting() {
    return new Hosting<>(
        EntityTypes.DIRECTORY,
        context -> {
          BiConsumer<PartitionId, VolumeCommand> volumes =
              (partition, command) -> {
                Entities e = entities.get();
                if (e != null) {
                  e.tell(partition, command);
                }
              };
          DirectoryLimits limits =
              DirectoryLimits.of(system.settings().config().getConfig("troupe.directory"));
          Clock clock = Clock.systemUTC();
          return group
              .map(g -> DirectoryEntity.create(volumes, limits, g::mastership, clock))
              .orElseGet(() -> DirectoryEntity.create(volumes, limits, clock));
        },
        new DirectoryEntity.Stop(),
        1,
        "");
  }

  /** From now on the entity does what concerns others. */
  public void started(Entities all) {
    entities.set(all);
  }

  /**
   * Takes part in the directory's group.
   *
   * @return done when it does, the first time when all the nodes are there; fails with an {@link
   *     IllegalStateException} where the directory is on others
   */
  public CompletionStage<Done> takePart(Entities all, Groups groups) {
    NodeId self = Registry.get(system).self();
    Runnable begin = () -> all.tell(self, new DirectoryEntity.Begin());
    return group
        .orElseThrow()
        .takePart(
            self,
            groups,
            () -> {
              begin.run();
              system.scheduler().scheduleOnce(REMIND, begin, system.executionContext());
            })
        .thenApply(
            nodes -> {
              // The shard is placed while whoever places it is there; later it stays where it is.
              begin.run();
              return Done.DONE;
            });
  }
}
