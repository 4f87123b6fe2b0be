package io.troupe.sharding.directory;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.Registry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.RecoveryCompleted;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;
import org.apache.pekko.persistence.typed.state.javadsl.Effect;
import org.apache.pekko.persistence.typed.state.javadsl.SignalHandler;

/**
 * The DIR. Making and removing a volume takes the Volume entity's help: the catalog first notes the
 * intention, then the volume is asked, again and again if need be, then the catalog notes the
 * outcome. A restart in between goes on where it was.
 */
public final class DirectoryEntity {
  /** How often a volume that did not answer is asked again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  static final String PERSISTENCE_ID = "Directory";

  /** Tells the entity to stop. */
  public record Stop() implements DirectoryCommand.Local {}

  private record Retry() implements DirectoryCommand.Local {}

  /** The first command of all, before those that came in meanwhile. */
  private record Begin() implements DirectoryCommand.Local {}

  /** What a volume answered to the request that its record called for then. */
  private record Answered(VolumeRecord asked, Result<Done> result)
      implements DirectoryCommand.Local {}

  private DirectoryEntity() {}

  /**
   * The entity's behaviour.
   *
   * @param volumes sends a command to a volume's first partition
   */
  public static Behavior<DirectoryCommand> create(
      BiConsumer<PartitionId, VolumeCommand> volumes, DirectoryLimits limits, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new Catalog(context, timers, volumes, limits, clock)));
  }

  private static final class Catalog
      extends DurableStateBehavior<DirectoryCommand, DirectoryState> {
    private final ActorContext<DirectoryCommand> context;
    private final BiConsumer<PartitionId, VolumeCommand> volumes;
    private final DirectoryCore core;
    private final Clock clock;
    private final Askers<VolumeRecord> creators = new Askers<>();
    private final Askers<Done> removers = new Askers<>();
    private boolean begun;

    Catalog(
        ActorContext<DirectoryCommand> context,
        TimerScheduler<DirectoryCommand> timers,
        BiConsumer<PartitionId, VolumeCommand> volumes,
        DirectoryLimits limits,
        Clock clock) {
      super(PersistenceId.ofUniqueId(PERSISTENCE_ID));
      this.context = context;
      this.volumes = volumes;
      this.core = new DirectoryCore(limits, clock.instant());
      this.clock = clock;
      timers.startTimerWithFixedDelay(new Retry(), RETRY);
    }

    @Override
    public DirectoryState emptyState() {
      return DirectoryState.EMPTY;
    }

    @Override
    public SignalHandler<DirectoryState> signalHandler() {
      return newSignalHandlerBuilder()
          .onSignal(RecoveryCompleted.class, (state, done) -> context.getSelf().tell(new Begin()))
          .build();
    }

    @Override
    public CommandHandler<DirectoryCommand, DirectoryState> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onCommand(Stop.class, (state, s) -> Effect().stop())
          .onCommand(Begin.class, this::begin)
          .onCommand(command -> !begun, (state, command) -> Effect().stash())
          .onCommand(DirectoryCommand.Heartbeat.class, this::heartbeat)
          .onCommand(
              DirectoryCommand.GetView.class,
              (state, c) -> Effect().reply(c.replyTo(), core.view(state, clock.instant())))
          .onCommand(DirectoryCommand.CreateVolume.class, this::create)
          .onCommand(DirectoryCommand.RemoveVolume.class, this::remove)
          .onCommand(Answered.class, this::answered)
          .onCommand(Retry.class, this::retry)
          .build();
    }

    /**
     * Views of this start have to be newer than all before: they carry the revision of a write that
     * nobody else has made.
     */
    private Effect<DirectoryState> begin(DirectoryState state, Begin command) {
      long incarnation = lastSequenceNumber(context) + 1;
      return Effect()
          .persist(state)
          .thenRun(
              same -> {
                core.begin(incarnation);
                begun = true;
              })
          .thenUnstashAll();
    }

    private Effect<DirectoryState> retry(DirectoryState state, Retry command) {
      state.volumes().forEach(this::work);
      Optional<DirectoryState> fewer = core.forget(state, clock.instant());
      if (fewer.isEmpty()) {
        return Effect().none();
      }
      context
          .getLog()
          .info(
              "event=forgot-services number={}",
              state.services().size() - fewer.get().services().size());
      return Effect().persist(fewer.get());
    }

    private Effect<DirectoryState> heartbeat(
        DirectoryState state, DirectoryCommand.Heartbeat beat) {
      Result<Optional<DirectoryState>> noted =
          core.heartbeat(state, beat.service(), clock.instant());
      if (noted instanceof Result.Ok<Optional<DirectoryState>>(Optional<DirectoryState> changed)
          && changed.isPresent()) {
        return Effect()
            .persist(changed.get())
            .thenReply(beat.replyTo(), next -> core.view(next, clock.instant()));
      }
      if (noted instanceof Result.Failed<Optional<DirectoryState>>(Errno errno, String detail)) {
        context
            .getLog()
            .warn("node={} event=not-registered detail={}", beat.service().node(), detail);
      }
      return Effect().reply(beat.replyTo(), core.view(state, clock.instant()));
    }

    private Effect<DirectoryState> create(
        DirectoryState state, DirectoryCommand.CreateVolume command) {
      Result<VolumeRecord> plan =
          core.plan(
              state,
              command.name(),
              command.policy(),
              command.metadataReplicas(),
              new VolumeId(UUID.randomUUID()),
              clock.instant());
      return switch (plan) {
        case Result.Failed<VolumeRecord> f -> Effect().reply(command.replyTo(), f);
        case Result.Ok<VolumeRecord>(VolumeRecord volume) ->
            Effect()
                .persist(state.with(volume))
                .thenRun(
                    next -> {
                      creators.add(volume.id(), command.replyTo());
                      publish(next);
                      work(volume);
                    });
      };
    }

    private Effect<DirectoryState> remove(
        DirectoryState state, DirectoryCommand.RemoveVolume command) {
      Optional<VolumeRecord> volume = state.volume(command.name());
      if (volume.isEmpty()) {
        return Effect()
            .reply(command.replyTo(), Result.failed(Errno.ENOENT, "no volume " + command.name()));
      }
      VolumeRecord removing = volume.get().in(VolumeRecord.State.REMOVING);
      boolean already = removing.equals(volume.get());
      if (removers.isFull(removing.id()) || (!already && core.isBusy(state))) {
        return Effect()
            .reply(
                command.replyTo(),
                Result.failed(Errno.EAGAIN, "too many removals of volumes are under way"));
      }
      if (already) {
        removers.add(removing.id(), command.replyTo());
        return Effect().none();
      }
      return Effect()
          .persist(state.with(removing))
          .thenRun(
              next -> {
                creators.answer(
                    removing.id(),
                    Result.failed(
                        Errno.ENOENT,
                        "volume " + command.name() + " was removed before it could be used"));
                removers.add(removing.id(), command.replyTo());
                publish(next);
                work(removing);
              });
    }

    /**
     * The catalog decides where volumes run, so that this node must not see it a heartbeat late.
     */
    private void publish(DirectoryState state) {
      Registry.get(context.getSystem()).publish(core.view(state, clock.instant()));
    }

    /** Asks the volume for what its record says is to be done; both requests may be repeated. */
    private void work(VolumeRecord volume) {
      PartitionId first = new PartitionId(volume.id(), 0);
      switch (volume.state()) {
        case CREATING ->
            volumes.accept(first, new VolumeCommand.Initialize(volume.policy(), ear(volume)));
        case REMOVING -> volumes.accept(first, new VolumeCommand.Destroy(ear(volume)));
        case ACTIVE -> {}
      }
    }

    /** Hears one answer; goes when it has, or when it is clear that none will come. */
    private ActorRef<Result<Done>> ear(VolumeRecord asked) {
      ActorRef<DirectoryCommand> self = context.getSelf();
      return context.spawnAnonymous(
          Behaviors.<Result<Done>>withTimers(
              timers -> {
                timers.startSingleTimer(Result.failed(Errno.ETIMEDOUT), RETRY.multipliedBy(30));
                return Behaviors.receiveMessage(
                    result -> {
                      self.tell(new Answered(asked, result));
                      return Behaviors.stopped();
                    });
              }));
    }

    private Effect<DirectoryState> answered(DirectoryState state, Answered answer) {
      VolumeRecord asked = answer.asked();
      if (answer.result() instanceof Result.Failed<Done>(Errno errno, String detail)) {
        // The retry asks again; a caller that cannot wait has its own timeout.
        context
            .getLog()
            .warn(
                "volume={} state={} errno={} detail={}",
                asked.name(),
                asked.state(),
                errno,
                detail);
        return Effect().none();
      }
      Optional<DirectoryState> changed = core.done(state, asked);
      if (changed.isEmpty()) {
        return Effect().none();
      }
      return Effect()
          .persist(changed.get())
          .thenRun(
              next -> {
                publish(next);
                next.volume(asked.id())
                    .ifPresentOrElse(
                        active -> creators.answer(active.id(), Result.ok(active)),
                        () -> removers.answer(asked.id(), Result.ok(Done.DONE)));
              });
    }
  }
}
