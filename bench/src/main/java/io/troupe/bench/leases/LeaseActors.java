package io.troupe.bench.leases;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import io.troupe.lease.LeaseNodeActor;
import io.troupe.lease.LeasePeers;
import io.troupe.lease.LeaseSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The lease actors of three nodes in one ActorSystem, without entities and a network. */
final class LeaseActors implements AutoCloseable {
  private final String name;
  private final Trio trio;
  private final ActorSystem<Void> system;
  private final Map<NodeId, ActorRef<LeaseNodeCommand>> nodes = new ConcurrentHashMap<>();
  private final ActorRef<LeaseReply> owner;
  private final Semaphore free = new Semaphore(Trio.IN_FLIGHT);
  private final AtomicInteger granted = new AtomicInteger();
  private final AtomicInteger trouble = new AtomicInteger();
  private final LateClock clock = new LateClock();
  private volatile boolean keeping;

  /** Nodes that were started an hour ago are mute no more. */
  private static final class LateClock extends Clock {
    private volatile Duration late = Duration.ofHours(1);

    @Override
    public Instant instant() {
      return Instant.now().minus(late);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  LeaseActors(String name, Trio trio) {
    this.name = name;
    this.trio = trio;
    this.system =
        ActorSystem.create(
            Behaviors.empty(),
            name,
            ConfigFactory.parseString("pekko.loglevel = WARNING")
                .withFallback(ConfigFactory.load()));
    LeaseSettings settings =
        new LeaseSettings(
            trio.timing(),
            trio.limits(),
            Duration.ofNanos(Trio.TICK_MICROS * 1000),
            Duration.ofSeconds(1));
    for (NodeId n : trio.view().members()) {
      nodes.put(
          n,
          system.systemActorOf(
              LeaseNodeActor.create(n, settings, new Direct(n), clock, n.uuid()::hashCode),
              "leases-" + n,
              Props.empty()));
    }
    owner =
        system.systemActorOf(
            Behaviors.receive(LeaseReply.class)
                .onMessage(
                    LeaseReply.Granted.class,
                    g -> {
                      granted(g);
                      return Behaviors.same();
                    })
                .onAnyMessage(
                    other -> {
                      trouble.incrementAndGet();
                      return Behaviors.same();
                    })
                .build(),
            "owner",
            Props.empty());
  }

  private final class Direct implements LeasePeers {
    private final NodeId self;

    Direct(NodeId self) {
      this.self = self;
    }

    @Override
    public void send(NodeId to, LeaseBatch batch) {
      node(to).tell(batch);
    }

    @Override
    public void wake(CellId cell) {
      node(self).tell(new LeaseNodeActor.Open(cell, 0, Epoch.NONE));
    }
  }

  private ActorRef<LeaseNodeCommand> node(NodeId n) {
    return Objects.requireNonNull(nodes.get(n));
  }

  private void granted(LeaseReply.Granted g) {
    granted.incrementAndGet();
    if (!keeping) {
      node(trio.first()).tell(new LeaseNodeActor.Release(g.cell(), g.epoch()));
      free.release();
    }
  }

  private void open(CellId cell) {
    clock.late = Duration.ZERO;
    node(trio.first()).tell(new LeaseNodeActor.Open(cell, 0, Epoch.NONE));
  }

  List<Figure> negotiate(Duration limit) throws Exception {
    granted.set(0);
    long begun = System.nanoTime();
    int count = 0;
    while (System.nanoTime() - begun < limit.toNanos()) {
      acquire(1);
      CellId cell = Trio.cell(count++ % (2 * Trio.IN_FLIGHT));
      open(cell);
      node(trio.first()).tell(new LeaseNodeActor.Acquire(cell, trio.view(), lease(), owner));
    }
    acquire(Trio.IN_FLIGHT);
    free.release(Trio.IN_FLIGHT);
    double seconds = (System.nanoTime() - begun) / 1e9;
    WrongResult.unless(granted.get() == count && trouble.get() == 0, "not all leases were won");
    return List.of(new Figure("", Unit.OPERATIONS, count / seconds));
  }

  private Duration lease() {
    return Duration.ofNanos(trio.timing().maxLease() * 1000);
  }

  /** Won the first time, and left alone for so long that renewals are spread. */
  List<Figure> keep(Duration limit) throws Exception {
    if (!keeping) {
      keeping = true;
      for (int i = 0; i < trio.cells(); i++) {
        CellId cell = Trio.cell(i);
        open(cell);
        node(trio.first()).tell(new LeaseNodeActor.Hold(cell, trio.view(), lease(), owner));
        if (i % Trio.IN_FLIGHT == 0) {
          Thread.sleep(10);
        }
      }
      Thread.sleep(lease().multipliedBy(2).dividedBy(3));
      WrongResult.unless(granted.get() >= trio.cells(), "not all leases were won");
    }
    double share = Threads.shareOf(name, limit);
    WrongResult.unless(trouble.get() == 0, "a lease was refused or lost");
    return List.of(new Figure("", Unit.SHARE, share));
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
