package io.troupe.actors.ask;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.FutureConverters;

/**
 * Pekko's ask, but for the last step: what depends on the answer runs on the thread that answers.
 * The stage that {@link AskPattern} returns moves every dependent to the common pool, and waking a
 * thread of it costs as much as the rest of a lookup.
 */
public final class Asks {
  private Asks() {}

  /**
   * Sends a message with an address for the answer in it.
   *
   * @return the answer, completed on the thread that gives it, an actor's for the most part: what
   *     depends on it must not wait for anything. Fails with a {@link
   *     java.util.concurrent.TimeoutException} after the limit
   */
  public static <M, R> CompletableFuture<R> ask(
      ActorRef<M> to, Function<ActorRef<R>, M> message, Duration limit, ActorSystem<?> system) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    FutureConverters.asScala(AskPattern.<M, R>ask(to, message::apply, limit, system.scheduler()))
        .onComplete(
            outcome ->
                outcome.isSuccess()
                    ? answer.complete(outcome.get())
                    : answer.completeExceptionally(outcome.failed().get()),
            ExecutionContext.parasitic$.MODULE$);
    return answer;
  }
}
