package io.troupe.lsm.pekko;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/** An event sourced entity whose events change a record each; an empty text adds nothing. */
final class Ledger extends EventSourcedBehavior<Ledger.Add, Ledger.Added, Ledger.Total> {
  static final String INDEX = "test.ledger";

  record Add(String text, ActorRef<Integer> replyTo) {}

  record Added(String text) implements RecordedEvent {
    @Override
    public List<RecordChange> changes() {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return List.of(RecordChange.put(INDEX, bytes, bytes));
    }
  }

  record Total(int events) {}

  private Ledger(String id) {
    super(PersistenceId.ofUniqueId(id));
  }

  static Behavior<Add> create(String id) {
    return new Ledger(id);
  }

  @Override
  public Total emptyState() {
    return new Total(0);
  }

  @Override
  public CommandHandler<Add, Added, Total> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Add.class,
            (state, add) ->
                add.text().isEmpty()
                    ? Effect().reply(add.replyTo(), state.events())
                    : Effect()
                        .persist(new Added(add.text()))
                        .thenReply(add.replyTo(), Total::events))
        .build();
  }

  @Override
  public EventHandler<Total, Added> eventHandler() {
    return (state, event) -> new Total(state.events() + 1);
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(50, 2).withDeleteEventsOnSnapshot();
  }
}
