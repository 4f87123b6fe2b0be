package io.troupe.mrc.volume;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.Recovery;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/**
 * Persists the batches of one Volume, one at a time. A failed persist stops it; the Volume watches
 * it and starts another. Recovery replays nothing, since the events' effect is in the records; it
 * only learns the last sequence number.
 */
final class Committer extends EventSourcedBehavior<Committer.Commit, VolumeEvent, CommitterState> {
  /** How many events are kept for readers of the event stream, at least. */
  private static final int KEPT_EVENTS = 1_000;

  /** Persist, then tell. */
  record Commit(VolumeEvent event, ActorRef<Committed> replyTo) {}

  /** It is as durable as its event asks for. */
  enum Committed {
    COMMITTED
  }

  private Committer(String partition) {
    super(PersistenceId.ofUniqueId("Volume|" + partition));
  }

  /**
   * The events are not published on the event stream, which nobody listens to here: that would wake
   * its actor at each commit.
   */
  @SuppressWarnings("unchecked") // a trait whose superclass Java does not see
  static Behavior<Commit> create(String partition) {
    Object quiet = new Committer(partition).createEventSourcedBehavior().withEventPublishing(false);
    return (Behavior<Commit>) quiet;
  }

  @Override
  public CommitterState emptyState() {
    return new CommitterState();
  }

  @Override
  public CommandHandler<Commit, VolumeEvent, CommitterState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Commit.class,
            commit ->
                Effect()
                    .persist(commit.event())
                    .thenReply(commit.replyTo(), state -> Committed.COMMITTED))
        .build();
  }

  @Override
  public EventHandler<CommitterState, VolumeEvent> eventHandler() {
    return (state, event) -> state;
  }

  @Override
  public Recovery recovery() {
    return Recovery.disabled();
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(KEPT_EVENTS, 1).withDeleteEventsOnSnapshot();
  }
}
