package io.troupe.actors.carry;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.ask.Asks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CarriedExecutorTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  all {
                    type = Dispatcher
                    executor = "io.troupe.actors.carry.CarriedExecutor"
                    carried { pool = "fork-join-executor", actors-only = off }
                    fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
                  }
                  actors {
                    type = Dispatcher
                    executor = "io.troupe.actors.carry.CarriedExecutor"
                    carried { pool = "thread-pool-executor", actors-only = on }
                    thread-pool-executor.fixed-pool-size = 1
                  }
                  """)
              .withFallback(ConfigFactory.load()));

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private record Where(ActorRef<String> replyTo) {}

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void actorsAnswerOnTheThreadThatAsks() throws Exception {
    for (String dispatcher : new String[] {"all", "actors"}) {
      ActorRef<Where> last = spawn(whereItRuns(), dispatcher);
      ActorRef<Where> first = spawn(passingOn(last), dispatcher);

      // An actor that is still on its way to rest runs where it has run before.
      String where = "";
      for (int i = 0; !where.equals("carrying") && i < 1_000; i++) {
        where = askedWhileCarrying(first);
      }
      assertThat(where).isEqualTo("carrying");
      for (int i = 0; where.equals("carrying") && i < 1_000; i++) {
        where = asked(first).get(10, TimeUnit.SECONDS);
      }
      assertThat(where).contains(dispatcher);
    }
  }

  @Test
  void otherTasksAreCarriedUnlessToldOtherwise() throws Exception {
    assertThat(whereATaskRuns("all")).isEqualTo("carrying");
    assertThat(whereATaskRuns("actors")).contains("actors");
  }

  private static Behavior<Where> whereItRuns() {
    return Behaviors.receiveMessage(
        where -> {
          where.replyTo().tell(Thread.currentThread().getName());
          return Behaviors.same();
        });
  }

  private static Behavior<Where> passingOn(ActorRef<Where> next) {
    return Behaviors.receiveMessage(
        where -> {
          next.tell(where);
          return Behaviors.same();
        });
  }

  private static ActorRef<Where> spawn(Behavior<Where> behavior, String dispatcher)
      throws Exception {
    ActorRef<Where> ref = KIT.spawn(behavior, DispatcherSelector.fromConfig(dispatcher));
    asked(ref).get(10, TimeUnit.SECONDS);
    return ref;
  }

  private static CompletableFuture<String> asked(ActorRef<Where> actor) {
    return Asks.ask(actor, Where::new, LIMIT, KIT.system());
  }

  private static String askedWhileCarrying(ActorRef<Where> actor) throws Exception {
    return carried(
        answer -> {
          var unused = asked(actor).thenAccept(answer::complete);
        });
  }

  private static String whereATaskRuns(String dispatcher) throws Exception {
    var executor = KIT.system().dispatchers().lookup(DispatcherSelector.fromConfig(dispatcher));
    return carried(
        answer -> executor.execute(() -> answer.complete(Thread.currentThread().getName())));
  }

  private interface Begin {
    void begin(CompletableFuture<String> answer);
  }

  private static String carried(Begin begin) throws Exception {
    var answer = new CompletableFuture<String>();
    var errand =
        new Errand() {
          @Override
          public void begin() {
            begin.begin(answer);
          }

          @Override
          public boolean isDone() {
            return answer.isDone();
          }
        };
    var thread =
        new CarryingThread(
            () -> ((CarryingThread) Thread.currentThread()).carry(errand), "carrying");
    thread.setDaemon(true);
    thread.start();
    return answer.get(10, TimeUnit.SECONDS);
  }
}
