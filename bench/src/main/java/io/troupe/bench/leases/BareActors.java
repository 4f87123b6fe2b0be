package io.troupe.bench.leases;

import com.typesafe.config.ConfigFactory;
import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Unit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Three actors that exchange the messages of the protocol and know nothing: two asks of both others
 * for a win, of which one answer each counts, and a tell for what is given back.
 */
final class BareActors implements AutoCloseable {
  private static final String NAME = "bare";

  private sealed interface Message {
    record Begin(int asks) implements Message {}

    record Ask(int left, ActorRef<Message> replyTo) implements Message {}

    record Answer(int left) implements Message {}

    record Tell() implements Message {}
  }

  private final ActorSystem<Void> system =
      ActorSystem.create(
          Behaviors.empty(),
          NAME,
          ConfigFactory.parseString("pekko.loglevel = WARNING").withFallback(ConfigFactory.load()));
  private final Semaphore free = new Semaphore(Trio.IN_FLIGHT);
  private final ActorRef<Message> first;

  BareActors() {
    Behavior<Message> other =
        Behaviors.receive(Message.class)
            .onMessage(
                Message.Ask.class,
                a -> {
                  a.replyTo().tell(new Message.Answer(a.left()));
                  return Behaviors.same();
                })
            .onMessage(Message.Tell.class, t -> Behaviors.same())
            .build();
    List<ActorRef<Message>> others =
        List.of(
            system.systemActorOf(other, "second", Props.empty()),
            system.systemActorOf(other, "third", Props.empty()));
    first = system.systemActorOf(first(others), "first", Props.empty());
  }

  /** Of each two answers one goes on: what the majority is for. */
  private Behavior<Message> first(List<ActorRef<Message>> others) {
    return Behaviors.setup(
        context -> {
          int[] answers = {0};
          return Behaviors.receive(Message.class)
              .onMessage(
                  Message.Begin.class,
                  b -> {
                    ask(others, b.asks() - 1, context.getSelf());
                    return Behaviors.same();
                  })
              .onMessage(
                  Message.Answer.class,
                  a -> {
                    if (answers[0]++ % 2 == 0) {
                      if (a.left() > 0) {
                        ask(others, a.left() - 1, context.getSelf());
                      } else {
                        others.forEach(o -> o.tell(new Message.Tell()));
                        free.release();
                      }
                    }
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static void ask(List<ActorRef<Message>> others, int left, ActorRef<Message> self) {
    others.forEach(o -> o.tell(new Message.Ask(left, self)));
  }

  List<Figure> negotiate(Duration limit) throws Exception {
    long begun = System.nanoTime();
    int count = 0;
    while (System.nanoTime() - begun < limit.toNanos()) {
      begin(2);
      count++;
    }
    acquire(Trio.IN_FLIGHT);
    free.release(Trio.IN_FLIGHT);
    double seconds = (System.nanoTime() - begun) / 1e9;
    return List.of(new Figure("", Unit.OPERATIONS, count / seconds));
  }

  /** As many asks as there are renewals, evenly. */
  List<Figure> keep(Trio trio, Duration limit) throws Exception {
    double perTick = trio.renewalsPerSecond() * Trio.TICK_MICROS / 1e6;
    Thread pace =
        Thread.ofPlatform()
            .start(
                () -> {
                  double due = 0;
                  try {
                    while (true) {
                      Thread.sleep(Trio.TICK_MICROS / 1000);
                      for (due += perTick; due >= 1; due--) {
                        begin(1);
                      }
                    }
                  } catch (InterruptedException | TimeoutException e) {
                    // The pass has ended.
                  }
                });
    try {
      return List.of(new Figure("", Unit.SHARE, Threads.shareOf(NAME, limit)));
    } finally {
      pace.interrupt();
      pace.join();
      acquire(Trio.IN_FLIGHT);
      free.release(Trio.IN_FLIGHT);
    }
  }

  private void begin(int asks) throws InterruptedException, TimeoutException {
    acquire(1);
    first.tell(new Message.Begin(asks));
  }

  private void acquire(int n) throws InterruptedException, TimeoutException {
    if (!free.tryAcquire(n, 30, TimeUnit.SECONDS)) {
      throw new TimeoutException("no answer");
    }
  }

  @Override
  public void close() {
    system.terminate();
  }
}
