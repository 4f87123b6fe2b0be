package io.troupe.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.lease.flease.Limits;
import io.troupe.lease.flease.Timing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lease actors of three nodes that share an ActorSystem. */
final class LeaseNodeActorTest {
  private static final NodeId A = new NodeId(new UUID(0, 1));
  private static final NodeId B = new NodeId(new UUID(0, 2));
  private static final NodeId C = new NodeId(new UUID(0, 3));
  private static final CellView VIEW = new CellView(1, List.of(A, B, C));
  private static final CellId CELL = new CellId("cell");
  private static final Duration LEASE = Duration.ofMillis(1500);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final LeaseSettings SETTINGS =
      new LeaseSettings(
          new Timing(1_500_000, 10_000, 200_000, 3),
          new Limits(100, 100, 1000, 100),
          Duration.ofMillis(10),
          Duration.ofMillis(300));

  private final ActorTestKit kit = ActorTestKit.create("leases");
  private final Map<NodeId, ActorRef<LeaseNodeCommand>> nodes = new ConcurrentHashMap<>();
  private final Set<NodeId> cutOff = ConcurrentHashMap.newKeySet();
  private volatile Duration late = Duration.ofHours(1);

  /** Who was started an hour ago is mute no more. */
  private final class LateClock extends Clock {
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

  private final class Peers implements LeasePeers {
    private final NodeId self;

    Peers(NodeId self) {
      this.self = self;
    }

    @Override
    public void send(NodeId to, LeaseBatch batch) {
      if (!cutOff.contains(self) && !cutOff.contains(to)) {
        node(to).tell(batch);
      }
    }

    @Override
    public void wake(CellId cell) {
      node(self).tell(new LeaseNodeActor.Open(cell, 0, Epoch.NONE));
    }
  }

  @BeforeEach
  void start() {
    for (NodeId n : VIEW.members()) {
      nodes.put(
          n,
          kit.spawn(
              LeaseNodeActor.create(
                  n, SETTINGS, new Peers(n), new LateClock(), n.uuid()::hashCode)));
    }
    // Once they answer they have read the clock.
    for (NodeId n : VIEW.members()) {
      TestProbe<LeaseReply> probe = kit.createTestProbe(LeaseReply.class);
      node(n).tell(new LeaseNodeActor.Acquire(CELL, VIEW, LEASE, probe.ref()));
      probe.expectMessageClass(LeaseReply.Refused.class, LIMIT);
    }
    late = Duration.ZERO;
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private ActorRef<LeaseNodeCommand> node(NodeId n) {
    return Objects.requireNonNull(nodes.get(n));
  }

  private TestProbe<LeaseReply> hold(NodeId n) {
    TestProbe<LeaseReply> watcher = kit.createTestProbe(LeaseReply.class);
    node(n).tell(new LeaseNodeActor.Open(CELL, 0, Epoch.NONE));
    node(n).tell(new LeaseNodeActor.Hold(CELL, VIEW, LEASE, watcher.ref()));
    return watcher;
  }

  private static <R extends LeaseReply> R expect(TestProbe<LeaseReply> probe, Class<R> type) {
    return probe
        .fishForMessage(
            LIMIT,
            reply ->
                type.isInstance(reply)
                    ? org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                    : org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes
                        .continueAndIgnore())
        .stream()
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aWatcherIsToldOfTheWinOfRenewalsAndOfTheLoss() {
    TestProbe<LeaseReply> watcher = hold(A);
    LeaseReply.Granted won = watcher.expectMessageClass(LeaseReply.Granted.class, LIMIT);
    LeaseReply.Granted renewed = watcher.expectMessageClass(LeaseReply.Granted.class, LIMIT);
    assertThat(renewed.epoch()).isEqualTo(won.epoch());
    assertThat(renewed.until()).isAfter(won.until());

    TestProbe<LeaseReply> standby = hold(B);
    cutOff.add(A);

    assertThat(expect(watcher, LeaseReply.Lost.class).epoch()).isEqualTo(won.epoch());
    assertThat(expect(standby, LeaseReply.Granted.class).epoch()).isGreaterThan(won.epoch());
  }

  @Test
  void aHandOverGoesToTheNamedSuccessor() {
    TestProbe<LeaseReply> holder = hold(A);
    holder.expectMessageClass(LeaseReply.Granted.class, LIMIT);
    TestProbe<LeaseReply> named = hold(C);
    named.expectMessageClass(LeaseReply.Refused.class, LIMIT);
    TestProbe<LeaseReply> other = hold(B);
    other.expectMessageClass(LeaseReply.Refused.class, LIMIT);

    node(A).tell(new LeaseNodeActor.HandOver(CELL, Optional.of(C)));
    Epoch epoch = expect(holder, LeaseReply.Wanted.class).epoch();
    node(A).tell(new LeaseNodeActor.Release(CELL, epoch));

    assertThat(expect(named, LeaseReply.Granted.class).epoch()).isGreaterThan(epoch);
    other.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void theEndOfTheWatcherIsTheEndOfItsLease() {
    TestProbe<LeaseReply> watcher = hold(A);
    watcher.expectMessageClass(LeaseReply.Granted.class, LIMIT);
    TestProbe<LeaseReply> standby = hold(B);
    standby.expectMessageClass(LeaseReply.Refused.class, LIMIT);
    Instant before = Instant.now();

    watcher.stop();

    expect(standby, LeaseReply.Granted.class);
    assertThat(Duration.between(before, Instant.now())).isLessThan(LEASE.dividedBy(2));
  }

  @Test
  void aNodeThatStopsWaitsForItsOwnersButNotForever() {
    TestProbe<LeaseReply> watcher = hold(A);
    Epoch epoch = watcher.expectMessageClass(LeaseReply.Granted.class, LIMIT).epoch();
    TestProbe<Done> end = kit.createTestProbe(Done.class);

    node(A).tell(new LeaseNodeActor.HandAllOver(end.ref()));
    expect(watcher, LeaseReply.Wanted.class);
    end.expectNoMessage(Duration.ofMillis(50));
    node(A).tell(new LeaseNodeActor.Release(CELL, epoch));
    end.expectMessageClass(Done.class, SETTINGS.handOverLimit().dividedBy(2));
    hold(A).expectMessageClass(LeaseReply.Refused.class, LIMIT);

    expect(hold(B), LeaseReply.Granted.class);
    node(B).tell(new LeaseNodeActor.HandAllOver(end.ref()));
    end.expectMessageClass(Done.class, LIMIT);
  }

  @Test
  void tooManyWhoAskAreRefused() {
    cutOff.add(A);
    node(A).tell(new LeaseNodeActor.Open(CELL, 0, Epoch.NONE));
    TestProbe<LeaseReply> probe = kit.createTestProbe(LeaseReply.class);
    for (int i = 0; i <= LeaseSettings.MAX_ASKING; i++) {
      node(A).tell(new LeaseNodeActor.Acquire(CELL, VIEW, LEASE, probe.ref()));
    }

    assertThat(probe.expectMessageClass(LeaseReply.Refused.class, LIMIT).reason())
        .contains("too many");
    for (int i = 0; i < LeaseSettings.MAX_ASKING; i++) {
      assertThat(probe.expectMessageClass(LeaseReply.Refused.class, LIMIT).reason())
          .contains("no majority");
    }
  }
}
