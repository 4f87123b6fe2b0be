package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Registers this node with the DIR again and again, and publishes what the DIR answers. */
final class Heartbeat {
  sealed interface Command {}

  record Beat() implements Command {}

  /** Registers now, for somebody who waits for the view. */
  record Refresh(ActorRef<DirectoryView> replyTo) implements Command {}

  private record Answer(DirectoryView view) implements Command {}

  /** While it is not known who serves the DIR. */
  private static final Duration SOON = Duration.ofMillis(100);

  /** A DIR that does not answer may have gone, and another node serve it. */
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  private Heartbeat() {}

  /** Asks for the view by way of the heartbeat; EIO after the limit. */
  static CompletionStage<DirectoryView> ask(
      ActorSystem<?> system, ActorRef<Command> heartbeat, Duration limit) {
    return attempt(system, heartbeat, limit)
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedStage(
                    new FsException(
                        Errno.EIO,
                        "the DIR did not answer within "
                            + limit.toSeconds()
                            + " s; is a node with role dir running in this cluster?")));
  }

  private static CompletionStage<DirectoryView> attempt(
      ActorSystem<?> system, ActorRef<Command> heartbeat, Duration left) {
    Duration once = left.compareTo(ATTEMPT) < 0 ? left : ATTEMPT;
    CompletionStage<DirectoryView> answer =
        AskPattern.ask(heartbeat, Refresh::new, once, system.scheduler());
    return left.compareTo(ATTEMPT) <= 0
        ? answer
        : answer.exceptionallyCompose(e -> attempt(system, heartbeat, left.minus(once)));
  }

  /**
   * Runs on threads that may block: the record's free space is read from the file system.
   *
   * @param service read anew for each beat
   */
  static Behavior<Command> create(
      Entities entities, Registry registry, Supplier<ServiceRecord> service, Duration interval) {
    return Behaviors.setup(
        context -> {
          ActorRef<DirectoryView> answers =
              context.messageAdapter(DirectoryView.class, Answer::new);
          return Behaviors.withTimers(
              timers -> {
                timers.startTimerWithFixedDelay(new Beat(), Duration.ZERO, interval);
                return Behaviors.receive(Command.class)
                    .onMessage(
                        Beat.class,
                        beat -> {
                          if (entities.knowsDirectory()) {
                            entities.tell(new DirectoryCommand.Heartbeat(service.get(), answers));
                          } else {
                            timers.startSingleTimer(SOON, new Beat(), SOON);
                          }
                          return Behaviors.same();
                        })
                    .onMessage(
                        Refresh.class,
                        refresh -> {
                          entities.tell(
                              new DirectoryCommand.Heartbeat(service.get(), refresh.replyTo()));
                          return Behaviors.same();
                        })
                    .onMessage(
                        Answer.class,
                        answer -> {
                          registry.publish(answer.view());
                          return Behaviors.same();
                        })
                    .build();
              });
        });
  }
}
