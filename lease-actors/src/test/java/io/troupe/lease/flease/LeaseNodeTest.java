package io.troupe.lease.flease;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.LeaseMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Many cells of three nodes that hear each other at once and share a clock. */
final class LeaseNodeTest {
  private static final Timing TIMING = new Timing(15_000_000, 500_000, 500_000, 3);
  private static final Limits LIMITS = new Limits(20_000, 1000, 10_000, 100);
  private static final NodeId A = new NodeId(new UUID(0, 1));
  private static final NodeId B = new NodeId(new UUID(0, 2));
  private static final NodeId C = new NodeId(new UUID(0, 3));
  private static final CellView VIEW = new CellView(1, List.of(A, B, C));
  private static final long START = 1_000_000_000_000L;

  private final Map<NodeId, LeaseNode> nodes = new HashMap<>();
  private final Map<NodeId, List<LeaseEvent>> events = new HashMap<>();
  private final List<Integer> batches = new ArrayList<>();
  private long now = START;

  LeaseNodeTest() {
    for (NodeId n : VIEW.members()) {
      start(n, LIMITS);
    }
    now += TIMING.mute();
  }

  private void start(NodeId n, Limits limits) {
    List<LeaseEvent> told = new ArrayList<>();
    events.put(n, told);
    nodes.put(
        n,
        new LeaseNode(
            n,
            n.uuid().getLeastSignificantBits(),
            TIMING,
            limits,
            e -> {
              if (e instanceof LeaseEvent.Unopened u) {
                node(n).open(u.cell(), 0, Epoch.NONE, now);
              } else {
                told.add(e);
              }
            },
            now));
  }

  private LeaseNode node(NodeId n) {
    return java.util.Objects.requireNonNull(nodes.get(n));
  }

  private List<LeaseEvent> told(NodeId n) {
    return java.util.Objects.requireNonNull(events.get(n));
  }

  private static CellId cell(int i) {
    return new CellId("file/" + i);
  }

  private void deliver() {
    while (nodes.values().stream().anyMatch(LeaseNode::hasOutgoing)) {
      for (NodeId from : VIEW.members()) {
        node(from)
            .flush(
                (to, batch) -> {
                  batches.add(batch.size());
                  List<LeaseMessage> copy = List.copyOf(batch);
                  node(to).receive(from, copy, now);
                });
      }
    }
  }

  private void pass(long micros) {
    long end = now + micros;
    while (now < end) {
      now += 20_000;
      nodes.values().forEach(n -> n.tick(now));
      deliver();
    }
  }

  private void hold(NodeId n, int i) {
    node(n).open(cell(i), 0, Epoch.NONE, now);
    node(n).acquire(cell(i), VIEW, TIMING.maxLease(), true, now);
  }

  private long heldBy(NodeId n, int cells) {
    long held = 0;
    for (int i = 0; i < cells; i++) {
      held += node(n).held(cell(i), now).isPresent() ? 1 : 0;
    }
    return held;
  }

  @Test
  void tenThousandCellsAreHeldAndTheirRenewalsSpread() {
    int cells = 10_000;
    for (int i = 0; i < cells; i++) {
      hold(A, i);
      if (i % 50 == 0) {
        deliver();
      }
    }
    deliver();
    assertThat(heldBy(A, cells)).isEqualTo(cells);
    assertThat(batches).allMatch(size -> size <= LIMITS.batch());

    pass(60_000_000);
    assertThat(heldBy(A, cells)).isEqualTo(cells);
    assertThat(told(A)).noneMatch(e -> e instanceof LeaseEvent.Lost);
    assertThat(node(A).dropped() + node(B).dropped() + node(C).dropped()).isZero();

    // About 1,200 cells are renewed a second; none of its 50 ticks has to do a third of them.
    long most = 0;
    for (int tick = 0; tick < 200; tick++) {
      told(A).clear();
      pass(20_000);
      most = Math.max(most, told(A).size());
    }
    assertThat(most).isBetween(1L, 400L);
  }

  @Test
  void anIdleCellIsForgottenAndAHeldOneIsNot() {
    hold(A, 1);
    node(A).open(cell(2), 0, Epoch.NONE, now);
    node(A).acquire(cell(2), VIEW, TIMING.maxLease(), false, now);
    deliver();
    assertThat(node(B).openCells()).isEqualTo(2);

    pass(TIMING.forgetAfter() + 100_000);

    for (NodeId n : VIEW.members()) {
      assertThat(node(n).openCells()).isEqualTo(1);
    }
    assertThat(node(A).held(cell(1), now)).isPresent();
    // At once, since the mark is behind those who begin now.
    hold(B, 2);
    deliver();
    assertThat(node(B).held(cell(2), now)).isPresent();
  }

  @Test
  void aStandbyTakesOverAtOnceWhatIsGivenBackAndTheNamedOneFirst() {
    hold(A, 1);
    deliver();
    hold(B, 1);
    hold(C, 1);
    deliver();
    pass(1_000_000);
    Epoch first = node(A).held(cell(1), now).orElseThrow().epoch();

    node(A).release(cell(1), first, Optional.of(C), now);
    assertThat(node(A).held(cell(1), now)).isEmpty();
    deliver();
    pass(40_000);

    assertThat(node(C).held(cell(1), now).orElseThrow().epoch()).isGreaterThan(first);
    assertThat(told(B)).noneMatch(e -> e instanceof LeaseEvent.Granted);
  }

  @Test
  void whoAsksOnceLearnsWhoHasItAndWhenToAskAgain() {
    hold(A, 1);
    deliver();
    node(B).open(cell(1), 0, Epoch.NONE, now);
    node(B).acquire(cell(1), VIEW, TIMING.maxLease(), false, now);
    deliver();

    assertThat(told(B)).hasSize(1);
    LeaseEvent.Refused no = (LeaseEvent.Refused) told(B).getFirst();
    assertThat(no.reason()).contains(A.toString());
    assertThat(no.retryAt()).isBetween(now + TIMING.maxLease(), now + TIMING.maxLease() + 600_000);
  }

  @Test
  void oneThatWasStartedAnewIsMissedAndTakenInAgainTwoAreTooMany() {
    hold(A, 1);
    deliver();
    start(B, LIMITS);
    pass(30_000_000);
    start(C, LIMITS);
    pass(30_000_000);
    assertThat(node(A).held(cell(1), now)).isPresent();
    assertThat(told(A)).noneMatch(e -> e instanceof LeaseEvent.Lost);

    start(B, LIMITS);
    start(C, LIMITS);
    pass(TIMING.maxLease() + TIMING.drift());
    assertThat(told(A)).last().isInstanceOf(LeaseEvent.Lost.class);
    pass(8_000_000);
    assertThat(node(A).held(cell(1), now)).isPresent();
  }

  @Test
  void aloneInItsCellItWinsAtOnceEvenAfterARestart() {
    for (int life = 0; life < 2; life++) {
      start(A, LIMITS);
      node(A).open(cell(1), 0, new Epoch(7), now);
      node(A).acquire(cell(1), CellView.ALONE, TIMING.maxLease(), false, now);

      assertThat(told(A)).hasSize(1).first().isInstanceOf(LeaseEvent.Granted.class);
      assertThat(node(A).hasOutgoing()).isFalse();
    }
  }

  @Test
  void aClosedViewHasNoMoreLeases() {
    hold(A, 1);
    deliver();

    assertThat(node(B).close(cell(1), VIEW, now)).isGreaterThan(now + TIMING.maxLease());
    assertThat(node(A).close(cell(1), VIEW, now)).isLessThan(now + 3_000_000);

    assertThat(told(A)).last().isInstanceOf(LeaseEvent.Lost.class);
    hold(C, 1);
    deliver();
    assertThat(told(C)).last().isInstanceOf(LeaseEvent.Refused.class);
    CellView next = new CellView(2, List.of(C, B));
    node(C).acquire(cell(1), next, TIMING.maxLease(), true, now);
    deliver();
    assertThat(node(C).held(cell(1), now)).isPresent();
  }

  @Test
  void memoryIsBounded() {
    start(B, new Limits(10, 5, 20, 4));
    for (int i = 0; i < 100; i++) {
      hold(A, i);
    }
    deliver();
    assertThat(node(B).openCells()).isEqualTo(10);
    assertThat(node(B).open(cell(99), 0, Epoch.NONE, now)).isFalse();

    start(A, new Limits(1000, 5, 20, 4));
    for (int i = 0; i < 100; i++) {
      hold(A, i);
    }
    assertThat(node(A).dropped()).isEqualTo(160);
    node(A).flush((to, batch) -> assertThat(batch).hasSizeLessThanOrEqualTo(4));
  }

  @Test
  void clocksThatAreApartAreReported() {
    hold(A, 1);
    deliver();
    node(B).open(cell(2), 0, Epoch.NONE, now);
    now += 1_100_000;
    node(A).open(cell(2), 0, Epoch.NONE, now);
    node(A).acquire(cell(2), VIEW, TIMING.maxLease(), true, now);
    node(A).flush((to, batch) -> node(to).receive(A, List.copyOf(batch), now - 1_100_000));

    assertThat(told(B)).hasOnlyElementsOfType(LeaseEvent.ClocksApart.class);
  }
}
