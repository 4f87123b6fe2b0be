package io.troupe.mrc;

import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.mrc.file.FileEntity;
import io.troupe.mrc.placement.ByFreeSpace;
import io.troupe.mrc.volume.GroupTenure;
import io.troupe.mrc.volume.VolumeEntity;
import io.troupe.mrc.volume.VolumeSettings;
import io.troupe.sharding.Entities;
import io.troupe.sharding.EntityIds;
import io.troupe.sharding.EntityTypes;
import io.troupe.sharding.Hosting;
import io.troupe.sharding.Registry;
import io.troupe.sharding.group.Groups;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/** The role mrc: hosts Volume and File entities, and keeps partitions together with other nodes. */
public final class MrcRole {
  /** Threads of their own: they read the LSM tree, which may have to wait for the disk. */
  private static final String DISPATCHER = "troupe.dispatchers.metadata";

  private final ActorSystem<?> system;
  private final VolumeSettings settings;
  private final Store store;
  private final Registry registry;
  private final Clock clock = Clock.systemUTC();
  private final AtomicReference<@Nullable Entities> entities = new AtomicReference<>();
  private final PartitionGroups joined = new PartitionGroups();

  /** {@link #started} has to follow once the entities can be reached. */
  public MrcRole(ActorSystem<?> system) {
    this.system = system;
    this.settings = VolumeSettings.of(system.settings().config().getConfig("troupe"));
    this.store = LsmStores.get(system).store();
    this.registry = Registry.get(system);
  }

  /** What to host. */
  public List<Hosting<?>> hostings() {
    return List.of(
        new Hosting<>(
            EntityTypes.VOLUME,
            context -> volume(EntityIds.volume(context.getEntityId())),
            new VolumeEntity.Stop(),
            settings.maxActiveVolumes(),
            DISPATCHER),
        new Hosting<>(
            EntityTypes.FILE,
            context -> file(EntityIds.file(context.getEntityId())),
            new FileEntity.Stop(),
            settings.maxActiveFiles(),
            DISPATCHER));
  }

  /** From now on the node takes part in the groups of its partitions. */
  public void started(Entities all, Groups groups) {
    entities.set(all);
    LsmStores.get(system).addRoute(joined::routeOf);
    system.systemActorOf(
        Partitions.create(registry, all, groups, joined, settings), "partitions", Props.empty());
  }

  private Entities entities() {
    return Objects.requireNonNull(entities.get());
  }

  private Behavior<VolumeCommand> volume(PartitionId partition) {
    Optional<VolumeRecord> record = registry.view().volume(partition.volume());
    if (record.isEmpty()) {
      return Unknown.volume(partition);
    }
    Optional<GroupTenure> group =
        record.get().isReplicated()
            ? Optional.of(
                new GroupTenure(
                    () -> joined.mastership(partition), () -> joined.stepDown(partition), clock))
            : Optional.empty();
    return VolumeEntity.create(
        partition, settings, entities(), store, new ByFreeSpace(), group, clock);
  }

  private Behavior<FileCommand> file(FileId file) {
    Optional<VolumeRecord> record = registry.view().volume(file.volume());
    if (record.isEmpty()) {
      return Unknown.file(file);
    }
    Supplier<Epoch> tenure =
        record.get().isReplicated()
            ? () -> joined.mastership(file.partition()).epoch()
            : () -> new Epoch(1);
    return FileEntity.create(file, entities(), settings.requestTimeout(), tenure);
  }
}
