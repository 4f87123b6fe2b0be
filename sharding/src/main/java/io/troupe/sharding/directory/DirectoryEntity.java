package io.troupe.sharding.directory;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.Registry;
import io.troupe.sharding.group.Mastership;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
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

  /** Tells the entity that it may serve: what nobody asks for is to go on, too. */
  public record Begin() implements DirectoryCommand.Local {}

  private record Retry() implements DirectoryCommand.Local {}

  /** The first command of all, before those that came in meanwhile. */
  private record Open() implements DirectoryCommand.Local {}

  /** What a volume answered to the request that its record called for then. */
  private record Answered(VolumeRecord asked, Result<Done> result)
      implements DirectoryCommand.Local {}

  private DirectoryEntity() {}

  /**
   * The entity's behaviour where no other node keeps the directory.
   *
   * @param volumes sends a command to a volume's first partition
   */
  public static Behavior<DirectoryCommand> create(
      BiConsumer<PartitionId, VolumeCommand> volumes, DirectoryLimits limits, Clock clock) {
    Mastership always = new Mastership(new Epoch(1), Instant.MAX);
    return catalog(
        volumes,
        system -> new DirectoryCore(limits, clock.instant()),
        () -> always,
        always.epoch(),
        clock);
  }

  /**
   * The entity's behaviour on one of several nodes that keep the directory. It knows nothing until
   * its node is the master: the store shows only then all that was acknowledged.
   *
   * @param volumes sends a command to a volume's first partition
   * @param mastership of this node, as it is now
   */
  public static Behavior<DirectoryCommand> create(
      BiConsumer<PartitionId, VolumeCommand> volumes,
      DirectoryLimits limits,
      Supplier<Mastership> mastership,
      Clock clock) {
    return Behaviors.receive(
        (context, command) -> {
          Mastership now = mastership.get();
          if (command instanceof Stop) {
            return Behaviors.stopped();
          }
          if (!now.isValid(clock.instant())) {
            refuse(command);
            return Behaviors.same();
          }
          context.getLog().info("epoch={} event=directory-serves", now.epoch().number());
          context.getSelf().tell(command);
          return catalog(
              volumes,
              system -> new DirectoryCore(limits, clock.instant(), Registry.get(system).view()),
              mastership,
              now.epoch(),
              clock);
        });
  }

  private static Behavior<DirectoryCommand> catalog(
      BiConsumer<PartitionId, VolumeCommand> volumes,
      Function<ActorSystem<?>, DirectoryCore> core,
      Supplier<Mastership> mastership,
      Epoch epoch,
      Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new Catalog(
                        context,
                        timers,
                        volumes,
                        core.apply(context.getSystem()),
                        mastership,
                        epoch,
                        clock)));
  }

  /** Heartbeats come again, and who wants the view asks again. */
  private static void refuse(DirectoryCommand command) {
    String why = "this node does not serve the directory";
    switch (command) {
      case DirectoryCommand.CreateVolume c -> c.replyTo().tell(Result.failed(Errno.EAGAIN, why));
      case DirectoryCommand.RemoveVolume c -> c.replyTo().tell(Result.failed(Errno.EAGAIN, why));
      case DirectoryCommand.Heartbeat c -> {}
      case DirectoryCommand.GetView c -> {}
      case DirectoryCommand.Local c -> {}
    }
  }

  private static final class Catalog
      extends DurableStateBehavior<DirectoryCommand, DirectoryState> {
    private final ActorContext<DirectoryCommand> context;
    private final BiConsumer<PartitionId, VolumeCommand> volumes;
    private final DirectoryCore core;
    private final Supplier<Mastership> mastership;

    /** Under which it serves; what it knows counts under no other. */
    private final Epoch epoch;

    private final Clock clock;
    private final Askers<VolumeRecord> creators = new Askers<>();
    private final Askers<Done> removers = new Askers<>();
    private boolean begun;

    Catalog(
        ActorContext<DirectoryCommand> context,
        TimerScheduler<DirectoryCommand> timers,
        BiConsumer<PartitionId, VolumeCommand> volumes,
        DirectoryCore core,
        Supplier<Mastership> mastership,
        Epoch epoch,
        Clock clock) {
      super(PersistenceId.ofUniqueId(PERSISTENCE_ID));
      this.context = context;
      this.volumes = volumes;
      this.core = core;
      this.mastership = mastership;
      this.epoch = epoch;
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
          .onSignal(RecoveryCompleted.class, (state, done) -> context.getSelf().tell(new Open()))
          .build();
    }

    @Override
    public CommandHandler<DirectoryCommand, DirectoryState> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onCommand(Stop.class, (state, s) -> Effect().stop())
          .onCommand(command -> !mastership.get().epoch().equals(epoch), this::end)
          .onCommand(
              command -> !mayAnswer(command),
              (state, command) -> {
                refuse(command);
                return Effect().none();
              })
          .onCommand(Begin.class, (state, b) -> Effect().none())
          .onCommand(Open.class, this::open)
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

    /** Somebody else may serve, or have served: the next command starts it anew. */
    private Effect<DirectoryState> end(DirectoryState state, DirectoryCommand command) {
      refuse(command);
      context.getLog().info("epoch={} event=directory-ends", epoch.number());
      return Effect().stop();
    }

    /** What others ask is answered only while nobody else can have changed anything. */
    private boolean mayAnswer(DirectoryCommand command) {
      return command instanceof DirectoryCommand.Local || mastership.get().isValid(clock.instant());
    }

    /**
     * Views of this start have to be newer than all before: they carry the revision of a write that
     * nobody else has made.
     */
    private Effect<DirectoryState> open(DirectoryState state, Open command) {
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
