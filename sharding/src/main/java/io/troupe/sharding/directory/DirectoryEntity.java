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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;
import org.apache.pekko.persistence.typed.state.javadsl.Effect;

/**
 * The DIR. Making and removing a volume takes the Volume entity's help: the catalog first notes the
 * intention, then the volume is asked, again and again if need be, then the catalog notes the
 * outcome. A restart in between goes on where it was.
 */
public final class DirectoryEntity {
  /** How often a volume that did not answer is asked again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** Tells the entity to stop. */
  public record Stop() implements DirectoryCommand.Local {}

  private record Retry() implements DirectoryCommand.Local {}

  private record Answered(VolumeId volume, Result<Done> result) implements DirectoryCommand.Local {}

  private DirectoryEntity() {}

  /**
   * The entity's behaviour.
   *
   * @param volumes sends a command to a volume's first partition
   */
  public static Behavior<DirectoryCommand> create(
      BiConsumer<PartitionId, VolumeCommand> volumes, Duration offlineAfter, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Catalog(context, timers, volumes, offlineAfter, clock)));
  }

  private static final class Catalog
      extends DurableStateBehavior<DirectoryCommand, DirectoryState> {
    private final ActorContext<DirectoryCommand> context;
    private final BiConsumer<PartitionId, VolumeCommand> volumes;
    private final DirectoryCore core;
    private final Clock clock;
    private final Map<VolumeId, List<ActorRef<Result<VolumeRecord>>>> creators = new HashMap<>();
    private final Map<VolumeId, List<ActorRef<Result<Done>>>> removers = new HashMap<>();

    Catalog(
        ActorContext<DirectoryCommand> context,
        TimerScheduler<DirectoryCommand> timers,
        BiConsumer<PartitionId, VolumeCommand> volumes,
        Duration offlineAfter,
        Clock clock) {
      super(PersistenceId.ofUniqueId("Directory"));
      this.context = context;
      this.volumes = volumes;
      this.core = new DirectoryCore(offlineAfter);
      this.clock = clock;
      timers.startTimerWithFixedDelay(new Retry(), RETRY);
    }

    @Override
    public DirectoryState emptyState() {
      return DirectoryState.EMPTY;
    }

    @Override
    public CommandHandler<DirectoryCommand, DirectoryState> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onCommand(DirectoryCommand.Heartbeat.class, this::heartbeat)
          .onCommand(
              DirectoryCommand.GetView.class,
              (state, c) -> Effect().reply(c.replyTo(), core.view(state, clock.instant())))
          .onCommand(DirectoryCommand.CreateVolume.class, this::create)
          .onCommand(DirectoryCommand.RemoveVolume.class, this::remove)
          .onCommand(Answered.class, this::answered)
          .onCommand(
              Retry.class,
              (state, r) -> {
                state.volumes().forEach(this::work);
                return Effect().none();
              })
          .onCommand(Stop.class, (state, s) -> Effect().stop())
          .build();
    }

    private Effect<DirectoryState> heartbeat(
        DirectoryState state, DirectoryCommand.Heartbeat beat) {
      Optional<DirectoryState> changed = core.heartbeat(state, beat.service(), clock.instant());
      if (changed.isEmpty()) {
        return Effect().reply(beat.replyTo(), core.view(state, clock.instant()));
      }
      return Effect()
          .persist(changed.get())
          .thenReply(beat.replyTo(), next -> core.view(next, clock.instant()));
    }

    private Effect<DirectoryState> create(
        DirectoryState state, DirectoryCommand.CreateVolume command) {
      Result<VolumeRecord> plan =
          core.plan(
              state,
              command.name(),
              command.policy(),
              new VolumeId(UUID.randomUUID()),
              clock.instant());
      return switch (plan) {
        case Result.Failed<VolumeRecord> f -> Effect().reply(command.replyTo(), f);
        case Result.Ok<VolumeRecord>(VolumeRecord volume) ->
            Effect()
                .persist(state.with(volume))
                .thenRun(
                    next -> {
                      creators
                          .computeIfAbsent(volume.id(), id -> new ArrayList<>())
                          .add(command.replyTo());
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
      return Effect()
          .persist(state.with(removing))
          .thenRun(
              next -> {
                removers
                    .computeIfAbsent(removing.id(), id -> new ArrayList<>())
                    .add(command.replyTo());
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
            volumes.accept(first, new VolumeCommand.Initialize(volume.policy(), ear(volume.id())));
        case REMOVING -> volumes.accept(first, new VolumeCommand.Destroy(ear(volume.id())));
        case ACTIVE -> {}
      }
    }

    /** Hears one answer; goes when it has, or when it is clear that none will come. */
    private ActorRef<Result<Done>> ear(VolumeId volume) {
      ActorRef<DirectoryCommand> self = context.getSelf();
      return context.spawnAnonymous(
          Behaviors.<Result<Done>>withTimers(
              timers -> {
                timers.startSingleTimer(Result.failed(Errno.ETIMEDOUT), RETRY.multipliedBy(30));
                return Behaviors.receiveMessage(
                    result -> {
                      self.tell(new Answered(volume, result));
                      return Behaviors.stopped();
                    });
              }));
    }

    private Effect<DirectoryState> answered(DirectoryState state, Answered answer) {
      Optional<VolumeRecord> found =
          state.volumes().stream().filter(v -> v.id().equals(answer.volume())).findFirst();
      if (found.isEmpty() || found.get().state() == VolumeRecord.State.ACTIVE) {
        return Effect().none();
      }
      if (answer.result() instanceof Result.Failed<Done>(Errno errno, String detail)) {
        // The retry asks again; a caller that cannot wait has its own timeout.
        context.getLog().warn("volume={} errno={} detail={}", found.get().name(), errno, detail);
        return Effect().none();
      }
      VolumeRecord volume = found.get();
      if (volume.state() == VolumeRecord.State.CREATING) {
        VolumeRecord active = volume.in(VolumeRecord.State.ACTIVE);
        return Effect()
            .persist(state.with(active))
            .thenRun(
                next -> {
                  publish(next);
                  Optional.ofNullable(creators.remove(active.id()))
                      .ifPresent(c -> c.forEach(r -> r.tell(Result.ok(active))));
                });
      }
      return Effect()
          .persist(state.without(volume))
          .thenRun(
              next -> {
                publish(next);
                Optional.ofNullable(removers.remove(volume.id()))
                    .ifPresent(c -> c.forEach(r -> r.tell(Result.ok(Done.DONE))));
              });
    }
  }
}
