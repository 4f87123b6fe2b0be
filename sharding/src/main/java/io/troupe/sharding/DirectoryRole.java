package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.sharding.directory.DirectoryEntity;
import io.troupe.sharding.directory.DirectoryLimits;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/** The role dir: hosts the one Directory entity. */
public final class DirectoryRole {
  private final AtomicReference<@Nullable Entities> entities = new AtomicReference<>();

  /** What to host; {@link #started} has to follow once the entities can be reached. */
  public Hosting<DirectoryCommand> hosting(ActorSystem<?> system) {
    return new Hosting<>(
        EntityTypes.DIRECTORY,
        context ->
            DirectoryEntity.create(
                (partition, command) -> {
                  Entities e = entities.get();
                  if (e != null) {
                    e.tell(partition, command);
                  }
                },
                DirectoryLimits.of(system.settings().config().getConfig("troupe.directory")),
                Clock.systemUTC()),
        new DirectoryEntity.Stop(),
        1,
        "");
  }

  public void started(Entities all) {
    entities.set(all);
  }
}
