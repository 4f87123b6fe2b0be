package io.troupe.mrc;

import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.mrc.file.FileEntity;
import io.troupe.mrc.placement.ByFreeSpace;
import io.troupe.mrc.volume.VolumeEntity;
import io.troupe.mrc.volume.VolumeSettings;
import io.troupe.sharding.Entities;
import io.troupe.sharding.EntityIds;
import io.troupe.sharding.EntityTypes;
import io.troupe.sharding.Hosting;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/** The role mrc: hosts Volume and File entities. */
public final class MrcRole {
  /** Threads of their own: they read the LSM tree, which may have to wait for the disk. */
  private static final String DISPATCHER = "troupe.dispatchers.metadata";

  private MrcRole() {}

  /**
   * What to host.
   *
   * @param entities there once the node's entities have been started
   */
  public static List<Hosting<?>> hostings(ActorSystem<?> system, Supplier<Entities> entities) {
    VolumeSettings settings = VolumeSettings.of(system.settings().config().getConfig("troupe.mrc"));
    Store store = LsmStores.get(system).store();
    return List.of(
        new Hosting<>(
            EntityTypes.VOLUME,
            context ->
                VolumeEntity.create(
                    EntityIds.volume(context.getEntityId()),
                    settings,
                    entities.get(),
                    store,
                    new ByFreeSpace(),
                    Clock.systemUTC()),
            new VolumeEntity.Stop(),
            settings.maxActiveVolumes(),
            DISPATCHER),
        new Hosting<>(
            EntityTypes.FILE,
            context ->
                FileEntity.create(
                    EntityIds.file(context.getEntityId()),
                    entities.get(),
                    settings.requestTimeout()),
            new FileEntity.Stop(),
            settings.maxActiveFiles(),
            DISPATCHER));
  }
}
