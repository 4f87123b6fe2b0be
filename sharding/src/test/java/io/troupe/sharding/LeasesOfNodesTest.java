package io.troupe.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.directory.Role;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cell of three nodes in this JVM, over a real network. */
final class LeasesOfNodesTest {
  private static final String KEYS =
      """
      troupe.lease { duration = 4s, clock-drift = 20ms, message-timeout = 250ms }
      troupe.node.down-after = 1h
      pekko.remote.artery.advanced.test-mode = on
      """;

  /** Longest lease, drifts, and rounds on a busy machine. */
  private static final Duration TAKES_OVER = Duration.ofSeconds(10);

  private static final CellId CELL = new CellId("file/1");

  /** What a watcher was told, and when. */
  private record Told(LeaseReply reply, Instant at) {}

  @TempDir Path dir;
  private final Deque<TestNode> nodes = new ArrayDeque<>();
  private final List<BlockingQueue<Told>> told = new ArrayList<>();
  private CellView view = CellView.ALONE;

  @BeforeEach
  void start() throws Exception {
    String[] seeds = {};
    List<NodeId> members = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Set<Role> roles = i == 0 ? Set.of(Role.DIR, Role.OSD) : Set.of(Role.OSD);
      TestNode n = new TestNode(i, roles, dir, 0, KEYS, seeds);
      nodes.add(n);
      members.add(new NodeId(new UUID(0, i)));
      seeds = new String[] {nodes.getFirst().address()};
      told.add(new LinkedBlockingQueue<>());
    }
    view = new CellView(1, members);
  }

  @AfterEach
  void stop() {
    nodes.forEach(TestNode::close);
  }

  private TestNode node(int i) {
    return nodes.stream()
        .filter(n -> n.id.equals(new NodeId(new UUID(0, i))))
        .findFirst()
        .orElseThrow();
  }

  /** Holds from now on, and gives up when it is asked to. */
  private void hold(int i) {
    TestNode n = node(i);
    Behavior<LeaseReply> watcher =
        Behaviors.receiveMessage(
            reply -> {
              told.get(i).add(new Told(reply, Instant.now()));
              if (reply instanceof LeaseReply.Wanted w) {
                n.entities.tell(n.id, CELL, new LeaseCommand.Release(CELL, w.epoch()));
              }
              return Behaviors.same();
            });
    ActorRef<LeaseReply> ref = n.system.systemActorOf(watcher, "watcher", Props.empty());
    n.entities.tell(n.id, CELL, new LeaseCommand.Hold(CELL, view, Duration.ofSeconds(4), ref));
  }

  private <R extends LeaseReply> Told await(int i, Class<R> type, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (; ; ) {
      Told t = told.get(i).poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (t == null) {
        throw new AssertionError("node " + i + " was never told " + type.getSimpleName());
      }
      if (type.isInstance(t.reply())) {
        return t;
      }
    }
  }

  /** Node 1 holds; node 2 would like to. */
  private LeaseReply.Granted held() throws InterruptedException {
    hold(1);
    // The nodes have only just been started: first they are mute.
    Told first = await(1, LeaseReply.Granted.class, TestNode.LIMIT);
    hold(2);
    await(2, LeaseReply.Refused.class, TAKES_OVER);
    return (LeaseReply.Granted) first.reply();
  }

  @Test
  void anotherComesWhenTheHolderIsGone() throws Exception {
    LeaseReply.Granted before = held();

    node(1).crash();

    LeaseReply.Granted after =
        (LeaseReply.Granted) await(2, LeaseReply.Granted.class, TAKES_OVER).reply();
    assertThat(after.epoch()).isGreaterThan(before.epoch());
  }

  @Test
  void aHolderThatIsCutOffStopsBeforeAnotherComes() throws Exception {
    held();
    cut(node(1), node(0));
    cut(node(1), node(2));

    Told lost = await(1, LeaseReply.Lost.class, TAKES_OVER);
    Told granted = await(2, LeaseReply.Granted.class, TAKES_OVER);

    assertThat(granted.at()).isAfter(lost.at());
  }

  @Test
  void aNodeThatStopsHandsOverBeforeItsLeaseEnds() throws Exception {
    held();

    node(1).leave();

    Told wanted = await(1, LeaseReply.Wanted.class, TAKES_OVER);
    Told granted = await(2, LeaseReply.Granted.class, TAKES_OVER);
    assertThat(Duration.between(wanted.at(), granted.at())).isLessThan(Duration.ofSeconds(4));
    // The lease itself would have lasted for longer.
    assertThat(told.get(1)).noneMatch(t -> t.reply() instanceof LeaseReply.Lost);
  }

  private static void cut(TestNode a, TestNode b) {
    blackhole(a, b);
    blackhole(b, a);
  }

  @SuppressWarnings("deprecation") // of the class; the mode of tests is served by it still
  private static void blackhole(TestNode from, TestNode to) {
    RemoteActorRefProvider provider =
        (RemoteActorRefProvider)
            ((org.apache.pekko.actor.ExtendedActorSystem) from.system.classicSystem()).provider();
    var unused =
        provider
            .transport()
            .managementCommand(
                new org.apache.pekko.remote.transport.ThrottlerTransportAdapter.SetThrottle(
                    Cluster.get(to.system.classicSystem()).selfAddress(),
                    org.apache.pekko.remote.transport.ThrottlerTransportAdapter.bothDirection(),
                    org.apache.pekko.remote.transport.ThrottlerTransportAdapter
                        .blackholeThrottleMode()));
  }
}
