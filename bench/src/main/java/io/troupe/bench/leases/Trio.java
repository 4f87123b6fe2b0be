package io.troupe.bench.leases;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.lease.flease.Limits;
import io.troupe.lease.flease.Timing;
import java.util.List;
import java.util.UUID;

/** Three nodes, of which the first wants all leases. */
record Trio(Timing timing, Limits limits, int cells, CellView view) {
  /** Negotiations that are under way at a time. */
  static final int IN_FLIGHT = 1000;

  static final long TICK_MICROS = 20_000;

  Trio(int leaseSeconds, int cells) {
    this(
        new Timing(leaseSeconds * 1_000_000L, leaseSeconds * 33_000L, leaseSeconds * 33_000L, 3),
        new Limits(Math.max(cells, 2 * IN_FLIGHT), Math.max(cells, 2 * IN_FLIGHT), 50_000, 500),
        cells,
        new CellView(
            1,
            List.of(
                new NodeId(new UUID(0, 1)),
                new NodeId(new UUID(0, 2)),
                new NodeId(new UUID(0, 3)))));
  }

  NodeId first() {
    return view.members().getFirst();
  }

  static CellId cell(int i) {
    return new CellId("file/" + i);
  }

  /** A cell is renewed when 9/16 of its time have passed, on average. */
  double renewalsPerSecond() {
    return cells / ((timing.maxLease() - timing.drift()) * 9.0 / 16 / 1e6);
  }
}
