package io.troupe.lsm.pekko;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;

/** A durable state entity whose state changes a record. */
final class Counter extends DurableStateBehavior<Counter.Increment, Counter.Count> {
  static final String INDEX = "test.counter";
  static final byte[] KEY = {1};

  record Increment(ActorRef<Integer> replyTo) {}

  record Count(int value) implements RecordedEvent {
    @Override
    public List<RecordChange> changes() {
      return List.of(RecordChange.put(INDEX, KEY, ByteBuffer.allocate(4).putInt(value).array()));
    }
  }

  private Counter(String id) {
    super(PersistenceId.ofUniqueId(id));
  }

  static Behavior<Increment> create(String id) {
    return new Counter(id);
  }

  @Override
  public Count emptyState() {
    return new Count(0);
  }

  @Override
  public CommandHandler<Increment, Count> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Increment.class,
            (state, c) ->
                Effect()
                    .persist(new Count(state.value() + 1))
                    .thenReply(c.replyTo(), after -> after.value()))
        .build();
  }
}
