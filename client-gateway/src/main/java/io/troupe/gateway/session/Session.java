package io.troupe.gateway.session;

import io.troupe.actors.session.SessionEvent;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** One life of one client. It does little: that it lives is what counts. */
public final class Session {
  private Session() {}

  public static Behavior<SessionEvent> create() {
    return Behaviors.setup(
        context ->
            Behaviors.receiveMessage(
                event -> {
                  context.getLog().info("event=session {}", event);
                  return Behaviors.same();
                }));
  }
}
