package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.ServiceRecord;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Registers this node with the DIR again and again, and publishes what the DIR answers. */
final class Heartbeat {
  sealed interface Command {}

  record Beat() implements Command {}

  private record Answer(DirectoryView view) implements Command {}

  private Heartbeat() {}

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
                          entities.tell(new DirectoryCommand.Heartbeat(service.get(), answers));
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
