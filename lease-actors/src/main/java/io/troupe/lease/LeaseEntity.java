package io.troupe.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import java.time.Clock;
import java.time.Instant;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.RecoveryCompleted;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;
import org.apache.pekko.persistence.typed.state.javadsl.Effect;
import org.apache.pekko.persistence.typed.state.javadsl.SignalHandler;

/** The Lease entity: carries {@link LeaseCore}; a new epoch is durable before its grant is told. */
public final class LeaseEntity {
  /** Tells the entity to stop, when it is passivated. */
  public record Stop() implements LeaseCommand.Local {}

  private LeaseEntity() {}

  public static Behavior<LeaseCommand> create(String entityId, Clock clock) {
    return new Participant(entityId, clock);
  }

  private static final class Participant extends DurableStateBehavior<LeaseCommand, LeaseState> {
    private final Clock clock;
    private LeaseCore core = LeaseCore.recovered(Epoch.NONE);

    Participant(String entityId, Clock clock) {
      super(PersistenceId.ofUniqueId("Lease|" + entityId));
      this.clock = clock;
    }

    @Override
    public LeaseState emptyState() {
      return new LeaseState(Epoch.NONE);
    }

    @Override
    public SignalHandler<LeaseState> signalHandler() {
      return newSignalHandlerBuilder()
          .onSignal(
              RecoveryCompleted.class, (state, done) -> core = LeaseCore.recovered(state.epoch()))
          .build();
    }

    @Override
    public CommandHandler<LeaseCommand, LeaseState> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onCommand(LeaseCommand.Acquire.class, this::acquire)
          .onCommand(
              LeaseCommand.Release.class,
              release -> {
                core = core.release(release.epoch());
                return Effect().none();
              })
          .onCommand(Stop.class, stop -> Effect().stop())
          .build();
    }

    private Effect<LeaseState> acquire(LeaseState state, LeaseCommand.Acquire command) {
      LeaseCore next = core.acquire(clock.instant(), command.duration());
      if (next.epoch().equals(state.epoch())) {
        core = next;
        return Effect().reply(command.replyTo(), granted(command.cell(), next));
      }
      return Effect()
          .persist(new LeaseState(next.epoch()))
          .thenRun(
              persisted -> {
                core = next;
                command.replyTo().tell(granted(command.cell(), next));
              });
    }

    private static LeaseReply granted(CellId cell, LeaseCore held) {
      Instant until = held.until().orElseThrow();
      return new LeaseReply.Granted(cell, held.epoch(), until);
    }
  }
}
