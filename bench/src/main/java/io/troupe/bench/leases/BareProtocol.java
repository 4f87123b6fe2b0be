package io.troupe.bench.leases;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import io.troupe.lease.flease.LeaseEvent;
import io.troupe.lease.flease.LeaseNode;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Three state machines in one thread that hand each other their batches; time is made up. */
final class BareProtocol {
  private final Trio trio;
  private final Map<NodeId, LeaseNode> nodes = new HashMap<>();
  private final Epoch[] granted;
  private int count;
  private long now = 1_000_000_000_000L;

  private BareProtocol(Trio trio) {
    this.trio = trio;
    this.granted = new Epoch[Math.max(trio.cells(), Trio.IN_FLIGHT)];
    for (NodeId n : trio.view().members()) {
      nodes.put(
          n,
          new LeaseNode(
              n,
              n.uuid().getLeastSignificantBits(),
              trio.timing(),
              trio.limits(),
              e -> heard(n, e),
              now));
    }
    // Over the time in which those who were started are mute.
    now += 2 * trio.timing().maxLease();
  }

  private LeaseNode node(NodeId n) {
    return Objects.requireNonNull(nodes.get(n));
  }

  private void heard(NodeId n, LeaseEvent event) {
    switch (event) {
      case LeaseEvent.Granted e -> {
        granted[Integer.parseInt(e.cell().name().substring("file/".length()))] = e.epoch();
        count++;
      }
      case LeaseEvent.Unopened e -> node(n).open(e.cell(), 0, Epoch.NONE, now);
      case LeaseEvent.Lost e -> WrongResult.unless(false, "lost " + e.cell());
      case LeaseEvent.Refused e -> WrongResult.unless(false, e.cell() + ": " + e.reason());
      case LeaseEvent.ClocksApart e -> WrongResult.unless(false, "one clock is apart from itself");
    }
  }

  private void deliver() {
    while (nodes.values().stream().anyMatch(LeaseNode::hasOutgoing)) {
      for (NodeId from : trio.view().members()) {
        node(from).flush((to, batch) -> node(to).receive(from, new ArrayList<>(batch), now));
      }
    }
  }

  private void acquire(int cell, boolean keep) {
    LeaseNode first = node(trio.first());
    first.open(Trio.cell(cell), 0, Epoch.NONE, now);
    first.acquire(Trio.cell(cell), trio.view(), trio.timing().maxLease(), keep, now);
  }

  static List<Figure> negotiate(Trio trio, Duration limit) {
    BareProtocol p = new BareProtocol(trio);
    long begun = System.nanoTime();
    int won = 0;
    do {
      for (int i = 0; i < Trio.IN_FLIGHT; i++) {
        p.acquire(i, false);
      }
      p.deliver();
      won += Trio.IN_FLIGHT;
      WrongResult.unless(p.count == won, "not all leases were won");
      for (int i = 0; i < Trio.IN_FLIGHT; i++) {
        p.node(trio.first()).release(Trio.cell(i), p.granted[i], Optional.empty(), p.now);
      }
      p.deliver();
      p.now += 1000;
    } while (System.nanoTime() - begun < limit.toNanos());
    double seconds = (System.nanoTime() - begun) / 1e9;
    return List.of(new Figure("", Unit.OPERATIONS, won / seconds));
  }

  /** Of a whole lease's time, of all three. */
  static List<Figure> keep(Trio trio, Duration limit) {
    BareProtocol p = new BareProtocol(trio);
    for (int i = 0; i < trio.cells(); i++) {
      p.acquire(i, true);
      if (i % 100 == 0) {
        p.deliver();
      }
    }
    p.pass(trio.timing().maxLease());
    p.count = 0;
    var threads = ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    long end = System.nanoTime() + limit.toNanos();
    int leases = 0;
    do {
      p.pass(trio.timing().maxLease());
      leases++;
    } while (System.nanoTime() < end);
    double used = threads.getCurrentThreadCpuTime() - cpu;
    WrongResult.unless(p.count >= leases * trio.cells(), "leases were not renewed");
    return List.of(
        new Figure("", Unit.SHARE, 100 * used / (leases * trio.timing().maxLease() * 1e3)));
  }

  private void pass(long micros) {
    for (long end = now + micros; now < end; ) {
      now += Trio.TICK_MICROS;
      for (NodeId n : trio.view().members()) {
        node(n).tick(now);
      }
      deliver();
    }
  }
}
