package io.troupe.mrc.file;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.sharding.Entities;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.RecoveryCompleted;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;
import org.apache.pekko.persistence.typed.state.javadsl.Effect;
import org.apache.pekko.persistence.typed.state.javadsl.SignalHandler;

/**
 * The File entity. Opens and truncates run one after the other, in the order in which they came, so
 * that an open sees either all of a truncate or nothing of it.
 */
public final class FileEntity {
  /** Opens and truncates that may wait. */
  private static final int MAX_WAITING = 1_024;

  /** Tells the entity to stop. */
  public record Stop() implements FileCommand.Local {}

  private record SessionGone(ActorRef<SessionEvent> session) implements FileCommand.Local {}

  /** The request is answered; one that failed counts nobody as a holder. */
  private record StepDone(Optional<ActorRef<SessionEvent>> notOpened)
      implements FileCommand.Local {}

  private record Released(Result<Done> result) implements FileCommand.Local {}

  private FileEntity() {}

  /**
   * The entity of one file on this node.
   *
   * @param tenure the epoch under which the Volume beside it serves, NONE while it does not: what
   *     is in memory counts under the same one only
   */
  public static Behavior<FileCommand> create(
      FileId file, Entities entities, Duration timeout, Supplier<Epoch> tenure) {
    return Behaviors.setup(
        context -> new Live(context, file, new Truncation(file, entities, timeout), tenure));
  }

  private static final class Live extends DurableStateBehavior<FileCommand, FileState> {
    private final ActorContext<FileCommand> context;
    private final FileId file;
    private final Truncation truncation;
    private final OpenTable table = new OpenTable();
    private final Deque<Step> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean unlinked;
    private boolean stopping;
    private final Supplier<Epoch> tenure;
    private final Epoch born;

    /** A request that talks to the Volume or the OSDs. */
    private record Step(
        Optional<ActorRef<SessionEvent>> opener,
        Supplier<CompletionStage<Result<FileDescription>>> work,
        ActorRef<Result<FileDescription>> replyTo) {}

    Live(
        ActorContext<FileCommand> context,
        FileId file,
        Truncation truncation,
        Supplier<Epoch> tenure) {
      super(PersistenceId.ofUniqueId("File|" + file.partition() + "|" + file));
      this.context = context;
      this.file = file;
      this.truncation = truncation;
      this.tenure = tenure;
      this.born = tenure.get();
    }

    @Override
    public FileState emptyState() {
      return FileState.EMPTY;
    }

    @Override
    public SignalHandler<FileState> signalHandler() {
      return newSignalHandlerBuilder()
          .onSignal(
              RecoveryCompleted.class,
              (state, r) -> {
                table.restore(state);
                table.sessions().forEach(this::watch);
              })
          .build();
    }

    private void watch(ActorRef<SessionEvent> session) {
      context.watchWith(session, new SessionGone(session));
    }

    @Override
    public CommandHandler<FileCommand, FileState> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onCommand(command -> !serves(), (state, command) -> refuse(command))
          .onCommand(FileCommand.Open.class, this::open)
          .onCommand(FileCommand.Opened.class, (state, o) -> opened(o))
          .onCommand(FileCommand.Reopened.class, this::reopened)
          .onCommand(FileCommand.Close.class, this::close)
          .onCommand(
              FileCommand.Truncate.class,
              (state, t) -> {
                Step step =
                    new Step(Optional.empty(), () -> truncation.begin(t.sizeBytes()), t.replyTo());
                return isFull() ? refuse(t.replyTo()) : step(step);
              })
          .onCommand(FileCommand.Unlinked.class, (state, u) -> unlinked(state))
          .onCommand(SessionGone.class, (state, g) -> sessionGone(state, g.session()))
          .onCommand(StepDone.class, this::stepDone)
          .onCommand(Released.class, this::released)
          .onCommand(Stop.class, (state, s) -> stop(state))
          .build();
    }

    private boolean serves() {
      return !born.equals(Epoch.NONE) && born.equals(tenure.get());
    }

    private Effect<FileState> refuse(FileCommand command) {
      if (command instanceof FileCommand.Asked asked) {
        asked.refuse(Errno.EAGAIN, "this node is not the master of file " + file);
      }
      return Effect().stop();
    }

    private Effect<FileState> open(FileState state, FileCommand.Open open) {
      if (isFull()) {
        return refuse(open.replyTo());
      }
      // Counted before it is known to succeed: an unlink in between must not take the file away.
      if (table.open(open.session())) {
        watch(open.session());
      }
      return step(new Step(Optional.of(open.session()), truncation::describe, open.replyTo()));
    }

    private boolean isFull() {
      return waiting.size() >= MAX_WAITING;
    }

    private Effect<FileState> refuse(ActorRef<Result<FileDescription>> replyTo) {
      return Effect()
          .reply(replyTo, Result.failed(Errno.EAGAIN, "too many requests wait for file " + file));
    }

    private Effect<FileState> opened(FileCommand.Opened opened) {
      if (table.open(opened.session(), opened.opens())) {
        watch(opened.session());
      }
      return Effect().none();
    }

    private Effect<FileState> reopened(FileState state, FileCommand.Reopened reopened) {
      if (table.atLeast(reopened.session(), reopened.opens())) {
        watch(reopened.session());
      }
      return holdersChanged(state);
    }

    private Effect<FileState> step(Step step) {
      waiting.add(step);
      nextStep();
      return Effect().none();
    }

    private void nextStep() {
      Step step = busy ? null : waiting.poll();
      if (step == null) {
        return;
      }
      busy = true;
      ActorRef<FileCommand> self = context.getSelf();
      step.work()
          .get()
          .whenComplete(
              (outcome, failure) -> {
                Result<FileDescription> result =
                    failure == null
                        ? outcome
                        : Result.failed(Errno.EIO, "file " + file + ": " + failure);
                step.replyTo().tell(result);
                boolean failed = result instanceof Result.Failed<FileDescription>;
                self.tell(new StepDone(failed ? step.opener() : Optional.empty()));
              });
    }

    private Effect<FileState> stepDone(FileState state, StepDone done) {
      busy = false;
      nextStep();
      done.notOpened().ifPresent(this::closed);
      return stopping && !busy ? stop(state) : holdersChanged(state);
    }

    private Effect<FileState> close(FileState state, FileCommand.Close close) {
      closed(close.session());
      close.replyTo().tell(Result.ok(Done.DONE));
      return holdersChanged(state);
    }

    private void closed(ActorRef<SessionEvent> session) {
      if (table.close(session)) {
        context.unwatch(session);
      }
    }

    private Effect<FileState> sessionGone(FileState state, ActorRef<SessionEvent> session) {
      table.forget(session);
      return holdersChanged(state);
    }

    private Effect<FileState> unlinked(FileState state) {
      unlinked = true;
      return holdersChanged(state);
    }

    /** Of a file without a name, who holds it must survive a crash; without holders it goes. */
    private Effect<FileState> holdersChanged(FileState state) {
      if (!unlinked) {
        return Effect().none();
      }
      if (!table.isEmpty()) {
        // The Volume reminds of unlinked files again and again.
        FileState now = table.snapshot();
        return now.equals(state) ? Effect().none() : Effect().persist(now);
      }
      release();
      return Effect().none();
    }

    private void release() {
      context.pipeToSelf(
          truncation.<Done>askVolume(r -> new VolumeCommand.ReleaseOrphan(file.inode(), r)),
          (result, failure) ->
              new Released(
                  failure == null ? result : Result.failed(Errno.EIO, failure.toString())));
    }

    /** A release that failed is asked for again by the Volume, which remembers the orphan. */
    private Effect<FileState> released(FileState state, Released released) {
      if (released.result() instanceof Result.Failed<Done> f && f.errno() == Errno.EAGAIN) {
        return Effect().none(); // The Volume does not know yet who has what open.
      }
      if (released.result() instanceof Result.Failed<Done>(Errno errno, String detail)) {
        context.getLog().warn("file={} event=release-failed errno={} {}", file, errno, detail);
        return Effect().none();
      }
      return stop(state);
    }

    /** Whoever waits is answered first; what they ask for ends, since each step has its timeout. */
    private Effect<FileState> stop(FileState state) {
      stopping = true;
      if (busy) {
        return Effect().none();
      }
      FileState now = table.snapshot();
      return now.equals(state) ? Effect().stop() : Effect().persist(now).thenStop();
    }
  }
}
