package io.troupe.lease;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.lease.flease.LeaseEvent;
import io.troupe.lease.flease.LeaseNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Carries the {@link LeaseNode}: one actor for all cells of a node. What its cells have to say to
 * another node after one turn of the mailbox goes there in one batch.
 */
public final class LeaseNodeActor {
  /** Of the system actor, by which other nodes find it. */
  public static final String NAME = "leases";

  private static final Duration COMPLAIN = Duration.ofSeconds(10);

  /** See {@link LeaseNode#open}. */
  public record Open(CellId cell, long view, Epoch epoch) implements LeaseNodeCommand {}

  public record Acquire(CellId cell, CellView view, Duration duration, ActorRef<LeaseReply> replyTo)
      implements LeaseNodeCommand {}

  public record Hold(CellId cell, CellView view, Duration duration, ActorRef<LeaseReply> watcher)
      implements LeaseNodeCommand {}

  public record Release(CellId cell, Epoch epoch) implements LeaseNodeCommand {}

  record HandOver(CellId cell, Optional<NodeId> successor) implements LeaseNodeCommand {}

  record Close(CellId cell, CellView view, ActorRef<LeaseReply> replyTo)
      implements LeaseNodeCommand {}

  /**
   * The node stops: whoever holds a lease is asked to release it. Answered when all have, or after
   * the limit of the settings; leases that are then held still end by themselves.
   */
  public record HandAllOver(ActorRef<Done> replyTo) implements LeaseNodeCommand {}

  private record Gone(ActorRef<LeaseReply> watcher) implements LeaseNodeCommand {}

  private record Tick() implements LeaseNodeCommand {}

  private record Flush() implements LeaseNodeCommand {}

  private record Enough() implements LeaseNodeCommand {}

  private final ActorContext<LeaseNodeCommand> context;
  private final TimerScheduler<LeaseNodeCommand> timers;
  private final NodeId self;
  private final LeaseSettings settings;
  private final LeasePeers peers;
  private final Clock clock;
  private final LeaseNode leases;
  private final Map<CellId, List<ActorRef<LeaseReply>>> asking = new HashMap<>();
  private final Map<CellId, ActorRef<LeaseReply>> watchers = new HashMap<>();
  private final Map<ActorRef<LeaseReply>, Set<CellId>> watched = new HashMap<>();
  private final Map<CellId, NodeId> successors = new HashMap<>();
  private final List<ActorRef<Done>> waitingForTheEnd = new ArrayList<>();
  private boolean stopping;
  private boolean ticking;
  private boolean flushing;
  private Instant complained = Instant.MIN;

  private LeaseNodeActor(
      ActorContext<LeaseNodeCommand> context,
      TimerScheduler<LeaseNodeCommand> timers,
      NodeId self,
      LeaseSettings settings,
      LeasePeers peers,
      Clock clock,
      long incarnation) {
    this.context = context;
    this.timers = timers;
    this.self = self;
    this.settings = settings;
    this.peers = peers;
    this.clock = clock;
    this.leases =
        new LeaseNode(self, incarnation, settings.timing(), settings.limits(), this::heard, now());
  }

  /**
   * @param incarnations draws one at random for each start: one that failed and is restarted has
   *     forgotten as much as a node that was
   */
  public static Behavior<LeaseNodeCommand> create(
      NodeId self,
      LeaseSettings settings,
      LeasePeers peers,
      Clock clock,
      LongSupplier incarnations) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new LeaseNodeActor(
                            context, timers, self, settings, peers, clock, incarnations.getAsLong())
                        .receive()));
  }

  private Behavior<LeaseNodeCommand> receive() {
    return Behaviors.receive(LeaseNodeCommand.class)
        .onMessage(LeaseBatch.class, m -> after(() -> receive(m)))
        .onMessage(Open.class, m -> after(() -> open(m)))
        .onMessage(Acquire.class, m -> after(() -> acquire(m)))
        .onMessage(Hold.class, m -> after(() -> hold(m)))
        .onMessage(Release.class, m -> after(() -> release(m)))
        .onMessage(HandOver.class, m -> after(() -> handOver(m)))
        .onMessage(Close.class, m -> after(() -> close(m)))
        .onMessage(HandAllOver.class, m -> after(() -> handAllOver(m)))
        .onMessage(Gone.class, m -> after(() -> gone(m.watcher())))
        .onMessage(Tick.class, m -> after(() -> leases.tick(now())))
        .onMessage(
            Flush.class,
            m -> {
              flushing = false;
              leases.flush((to, batch) -> peers.send(to, new LeaseBatch(self, batch)));
              return Behaviors.same();
            })
        .onMessage(Enough.class, m -> after(this::answerTheEnd))
        .build();
  }

  private Behavior<LeaseNodeCommand> after(Runnable step) {
    step.run();
    if (!flushing && leases.hasOutgoing()) {
      // Behind what is in the mailbox already: that may have more to say to the same nodes.
      flushing = true;
      context.getSelf().tell(new Flush());
    }
    if (ticking != leases.openCells() > 0) {
      ticking = !ticking;
      if (ticking) {
        timers.startTimerWithFixedDelay(new Tick(), settings.tick());
      } else {
        timers.cancel(new Tick());
      }
    }
    return Behaviors.same();
  }

  private long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private void receive(LeaseBatch batch) {
    leases.receive(batch.from(), batch.messages(), now());
  }

  private void open(Open m) {
    if (!leases.open(m.cell(), m.view(), m.epoch(), now())) {
      context.getLog().warn("cell={} event=not-opened reason=too-many-cells", m.cell());
    }
  }

  private void acquire(Acquire m) {
    List<ActorRef<LeaseReply>> all = asking.computeIfAbsent(m.cell(), c -> new ArrayList<>(1));
    if (all.size() >= LeaseSettings.MAX_ASKING) {
      refuse(m.cell(), "too many ask for it at a time", m.replyTo());
      return;
    }
    all.add(m.replyTo());
    leases.acquire(m.cell(), m.view(), m.duration().toNanos() / 1000, false, now());
  }

  private void hold(Hold m) {
    if (stopping) {
      refuse(m.cell(), "this node stops", m.watcher());
      return;
    }
    unwatch(m.cell());
    watchers.put(m.cell(), m.watcher());
    Set<CellId> cells = watched.get(m.watcher());
    if (cells == null) {
      cells = new HashSet<>();
      watched.put(m.watcher(), cells);
      context.watchWith(m.watcher(), new Gone(m.watcher()));
    }
    cells.add(m.cell());
    leases.acquire(m.cell(), m.view(), m.duration().toNanos() / 1000, true, now());
  }

  private void refuse(CellId cell, String reason, ActorRef<LeaseReply> who) {
    who.tell(new LeaseReply.Refused(cell, reason, clock.instant().plus(settings.tick())));
  }

  private void release(Release m) {
    leases.release(m.cell(), m.epoch(), Optional.ofNullable(successors.remove(m.cell())), now());
    if (leases.held(m.cell(), now()).isEmpty()) {
      unwatch(m.cell());
      if (stopping && isAllReleased()) {
        answerTheEnd();
      }
    }
  }

  private void handOver(HandOver m) {
    ActorRef<LeaseReply> watcher = watchers.get(m.cell());
    var held = leases.held(m.cell(), now());
    if (watcher != null && held.isPresent()) {
      m.successor().ifPresent(s -> successors.put(m.cell(), s));
      watcher.tell(new LeaseReply.Wanted(m.cell(), held.get().epoch()));
    }
  }

  private void close(Close m) {
    long free = leases.close(m.cell(), m.view(), now());
    m.replyTo().tell(new LeaseReply.Closed(m.cell(), m.view().version(), instant(free)));
  }

  private void handAllOver(HandAllOver m) {
    stopping = true;
    waitingForTheEnd.add(m.replyTo());
    timers.startSingleTimer(new Enough(), settings.handOverLimit());
    for (CellId cell : List.copyOf(watchers.keySet())) {
      if (leases.held(cell, now()).isPresent()) {
        handOver(new HandOver(cell, Optional.empty()));
      } else {
        leases.withdraw(cell, now());
        unwatch(cell);
      }
    }
    if (isAllReleased()) {
      answerTheEnd();
    }
  }

  private boolean isAllReleased() {
    return watchers.isEmpty();
  }

  private void answerTheEnd() {
    // What was said last must be on its way before the node goes on to stop.
    leases.flush((to, batch) -> peers.send(to, new LeaseBatch(self, batch)));
    waitingForTheEnd.forEach(r -> r.tell(Done.getInstance()));
    waitingForTheEnd.clear();
  }

  private void gone(ActorRef<LeaseReply> watcher) {
    Set<CellId> cells = watched.remove(watcher);
    if (cells != null) {
      for (CellId cell : cells) {
        watchers.remove(cell);
        successors.remove(cell);
        leases.withdraw(cell, now());
      }
    }
  }

  private void unwatch(CellId cell) {
    successors.remove(cell);
    ActorRef<LeaseReply> watcher = watchers.remove(cell);
    if (watcher != null) {
      Set<CellId> cells = watched.get(watcher);
      if (cells != null) {
        cells.remove(cell);
        if (cells.isEmpty()) {
          watched.remove(watcher);
          context.unwatch(watcher);
        }
      }
    }
  }

  private void heard(LeaseEvent event) {
    switch (event) {
      case LeaseEvent.Granted e ->
          tellAll(e.cell(), new LeaseReply.Granted(e.cell(), e.epoch(), instant(e.until())));
      case LeaseEvent.Refused e ->
          tellAll(e.cell(), new LeaseReply.Refused(e.cell(), e.reason(), instant(e.retryAt())));
      case LeaseEvent.Lost e -> {
        ActorRef<LeaseReply> watcher = watchers.get(e.cell());
        if (watcher != null) {
          context.getLog().info("cell={} epoch={} event=lease-lost", e.cell(), e.epoch().number());
          watcher.tell(new LeaseReply.Lost(e.cell(), e.epoch()));
        }
      }
      case LeaseEvent.Unopened e -> peers.wake(e.cell());
      case LeaseEvent.ClocksApart e -> complain(e);
    }
  }

  private void tellAll(CellId cell, LeaseReply reply) {
    List<ActorRef<LeaseReply>> all = asking.remove(cell);
    if (all != null) {
      all.forEach(r -> r.tell(reply));
    }
    ActorRef<LeaseReply> watcher = watchers.get(cell);
    if (watcher != null) {
      watcher.tell(reply);
    }
  }

  private void complain(LeaseEvent.ClocksApart e) {
    Instant at = clock.instant();
    if (at.isAfter(complained.plus(COMPLAIN))) {
      complained = at;
      context
          .getLog()
          .error(
              "node={} event=clocks-apart ms={} hint=\"leases are not safe: set the clocks, or raise"
                  + " troupe.lease.clock-drift\"",
              e.node(),
              e.micros() / 1000);
    }
  }
}
