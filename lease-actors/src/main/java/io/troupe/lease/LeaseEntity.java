package io.troupe.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.actors.lease.LeaseReply;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.RecoveryCompleted;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;
import org.apache.pekko.persistence.typed.state.javadsl.Effect;
import org.apache.pekko.persistence.typed.state.javadsl.SignalHandler;

/**
 * The Lease entity: a thin handle onto the node's {@link LeaseNodeActor}, which has the live state
 * of all cells. The entity keeps what must survive a restart ({@link LeaseMemory}): it opens the
 * cell with it, a view is durably closed before that is told, and an epoch that no other node
 * remembers is durable before its grant is told. Otherwise nothing here waits for a disk.
 */
public final class LeaseEntity {
  /** Tells the entity to stop, when it is passivated. The cell stays open as long as it is used. */
  public record Stop() implements LeaseCommand.Local {}

  /** Starts the entity where others want this node to take part in the cell. */
  public record Participate() implements LeaseCommand.Local {}

  private record Answer(LeaseReply reply) implements LeaseCommand.Local {}

  private LeaseEntity() {}

  public static Behavior<LeaseCommand> create(
      String entityId, CellId cell, ActorRef<LeaseNodeCommand> leases) {
    return Behaviors.setup(
        context ->
            new Participant(
                entityId, cell, leases, context.messageAdapter(LeaseReply.class, Answer::new)));
  }

  private static final class Participant extends DurableStateBehavior<LeaseCommand, Remembered> {
    private final CellId cell;
    private final ActorRef<LeaseNodeCommand> leases;
    private final ActorRef<LeaseReply> answers;

    /** Who asked for a lease that nobody else can have; answered in this order. */
    private final Deque<ActorRef<LeaseReply>> asking = new ArrayDeque<>();

    Participant(
        String entityId,
        CellId cell,
        ActorRef<LeaseNodeCommand> leases,
        ActorRef<LeaseReply> answers) {
      super(PersistenceId.ofUniqueId("Lease|" + entityId));
      this.cell = cell;
      this.leases = leases;
      this.answers = answers;
    }

    @Override
    public Remembered emptyState() {
      return new LeaseMemory(Epoch.NONE, 0);
    }

    @Override
    public SignalHandler<Remembered> signalHandler() {
      return newSignalHandlerBuilder()
          .onSignal(RecoveryCompleted.class, (state, done) -> open(state.memory()))
          .build();
    }

    /** Again and again, since a cell that was idle is forgotten. */
    private void open(LeaseMemory memory) {
      leases.tell(new LeaseNodeActor.Open(cell, memory.view(), memory.epoch()));
    }

    @Override
    public CommandHandler<LeaseCommand, Remembered> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onCommand(
              Participate.class,
              (state, m) -> {
                open(state.memory());
                return Effect().none();
              })
          .onCommand(LeaseCommand.Acquire.class, this::acquire)
          .onCommand(
              LeaseCommand.Hold.class,
              (state, m) -> {
                open(state.memory());
                leases.tell(new LeaseNodeActor.Hold(cell, m.view(), m.duration(), m.watcher()));
                return Effect().none();
              })
          .onCommand(
              LeaseCommand.Release.class,
              m -> {
                leases.tell(new LeaseNodeActor.Release(cell, m.epoch()));
                return Effect().none();
              })
          .onCommand(
              LeaseCommand.HandOver.class,
              m -> {
                leases.tell(new LeaseNodeActor.HandOver(cell, m.successor()));
                return Effect().none();
              })
          .onCommand(LeaseCommand.Close.class, this::close)
          .onCommand(Answer.class, this::answer)
          .onCommand(Stop.class, stop -> Effect().stop())
          .build();
    }

    private Effect<Remembered> acquire(Remembered state, LeaseCommand.Acquire m) {
      open(state.memory());
      boolean alone = m.view().isAlone();
      if (alone) {
        asking.add(m.replyTo());
      }
      leases.tell(
          new LeaseNodeActor.Acquire(cell, m.view(), m.duration(), alone ? answers : m.replyTo()));
      return Effect().none();
    }

    private Effect<Remembered> answer(Remembered state, Answer m) {
      ActorRef<LeaseReply> asker = asking.poll();
      if (asker == null) {
        return Effect().none();
      }
      LeaseMemory memory = state.memory();
      if (m.reply() instanceof LeaseReply.Granted g && g.epoch().compareTo(memory.epoch()) > 0) {
        return Effect()
            .persist(new LeaseMemory(g.epoch(), memory.view()))
            .thenRun(persisted -> asker.tell(g));
      }
      asker.tell(m.reply());
      return Effect().none();
    }

    private Effect<Remembered> close(Remembered state, LeaseCommand.Close m) {
      LeaseMemory memory = state.memory();
      LeaseMemory closed =
          new LeaseMemory(memory.epoch(), Math.max(memory.view(), m.view().version() + 1));
      return Effect()
          .persist(closed)
          .thenRun(
              persisted -> {
                open(closed);
                leases.tell(new LeaseNodeActor.Close(cell, m.view(), m.replyTo()));
              });
    }
  }
}
