package io.troupe.gateway.relay;

import io.troupe.sharding.Entities;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The gateway actor, at a name that clients know. It holds nothing: each message is passed on as it
 * is.
 */
public final class GatewayActor {
  /** Below {@code /system}. */
  public static final String NAME = "gateway";

  private GatewayActor() {}

  public static Behavior<RelayCommand> create(Entities entities) {
    return Behaviors.receiveMessage(
        command -> {
          switch (command) {
            case RelayCommand.ToVolume c -> entities.tell(c.partition(), c.command());
            case RelayCommand.ToFile c -> entities.tell(c.file(), c.command());
            case RelayCommand.ToReplica c -> entities.tell(c.osd(), c.file(), c.command());
            case RelayCommand.ToDirectory c -> entities.tell(c.command());
          }
          return Behaviors.same();
        });
  }
}
