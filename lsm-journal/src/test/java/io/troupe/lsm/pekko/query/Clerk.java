package io.troupe.lsm.pekko.query;

import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/** Persists the texts that it is told, tagged with what they say before a colon. */
final class Clerk extends EventSourcedBehavior<Clerk.Write, String, Integer> {
  record Write(String text, ActorRef<Integer> replyTo) {}

  private Clerk(PersistenceId id) {
    super(id);
  }

  static Behavior<Write> create(String entityType, String id) {
    return new Clerk(PersistenceId.of(entityType, id));
  }

  @Override
  public Integer emptyState() {
    return 0;
  }

  @Override
  public CommandHandler<Write, String, Integer> commandHandler() {
    return (state, write) ->
        Effect().persist(write.text()).thenReply(write.replyTo(), after -> after);
  }

  @Override
  public EventHandler<Integer, String> eventHandler() {
    return (state, event) -> state + 1;
  }

  @Override
  public Set<String> tagsFor(String event) {
    int colon = event.indexOf(':');
    return colon < 0 ? Set.of() : Set.of(event.substring(0, colon), "all");
  }
}
