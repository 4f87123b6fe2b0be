package io.troupe.sharding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.directory.Role;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupRanges;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.sharding.group.Group;
import io.troupe.sharding.group.GroupSpec;
import io.troupe.sharding.group.Groups;
import io.troupe.sharding.group.Mastership;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of three nodes in this JVM, over a real network and real stores. */
final class GroupsOfNodesTest {
  private static final String KEYS =
      """
      troupe.lease { duration = 2s, clock-drift = 20ms, message-timeout = 250ms }
      troupe.node.down-after = 1h
      """;

  private static final GroupSpec SPEC =
      new GroupSpec(
          new GroupId(7),
          new CellId("partition/7"),
          List.of(node(0), node(1), node(2)),
          new GroupRanges(List.of(new GroupRanges.Owned("t", KeyRange.all()))),
          Duration.ofSeconds(2));

  @TempDir Path dir;
  private final List<TestNode> nodes = new ArrayList<>();
  private final List<Group> members = new ArrayList<>();

  /** What was acknowledged. */
  private final Map<String, String> written = new TreeMap<>();

  private static NodeId node(int number) {
    return new NodeId(new UUID(0, number));
  }

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < 3; i++) {
      nodes.add(started(i));
      members.add(joined(nodes.get(i)));
    }
  }

  private TestNode started(int i) throws InterruptedException {
    Set<Role> roles = i == 0 ? Set.of(Role.DIR, Role.OSD) : Set.of(Role.OSD);
    String[] seeds = i == 0 ? new String[0] : new String[] {nodes.getFirst().address()};
    return new TestNode(i, roles, dir, 0, KEYS, seeds);
  }

  private static Group joined(TestNode n) throws Exception {
    return Groups.start(n.system, n.id, n.entities, store(n.system))
        .join(SPEC, () -> {})
        .toCompletableFuture()
        .get(TestNode.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    nodes.forEach(TestNode::close);
  }

  private static Store store(ActorSystem<?> system) {
    return LsmStores.get(system).store();
  }

  private static void eventually(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TestNode.LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for " + what).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private Optional<Integer> master(int except) {
    for (int i = 0; i < members.size(); i++) {
      if (i != except && members.get(i).mastership().isValid(Instant.now())) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private int awaitMaster(int except) throws Exception {
    eventually("a master", () -> master(except).isPresent());
    return master(except).orElseThrow();
  }

  private CompletableFuture<Long> propose(int at, String key, String value) {
    return propose(at, key, value, members.get(at).mastership().epoch());
  }

  private CompletableFuture<Long> propose(int at, String key, String value, Epoch epoch) {
    Index index = store(nodes.get(at).system).index("t");
    return members
        .get(at)
        .propose(new WriteBatch().put(index, key.getBytes(UTF_8), value.getBytes(UTF_8)), epoch)
        .toCompletableFuture();
  }

  private void write(int at, String prefix, int count) throws Exception {
    List<CompletableFuture<Long>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(propose(at, prefix + i, prefix));
    }
    for (int i = 0; i < count; i++) {
      all.get(i).get(TestNode.LIMIT.toSeconds(), TimeUnit.SECONDS);
      written.put(prefix + i, prefix);
    }
  }

  private Map<String, String> contents(int at) {
    Store store = store(nodes.get(at).system);
    Map<String, String> found = new TreeMap<>();
    try (Cursor c = store.cursor(store.index("t"), KeyRange.all())) {
      while (c.next()) {
        found.put(new String(c.key(), UTF_8), new String(c.value(), UTF_8));
      }
    }
    return found;
  }

  @Test
  void everyMemberGetsWhatOneProposes() throws Exception {
    int master = awaitMaster(-1);

    write(master, "a", 200);

    assertThat(contents(master)).isEqualTo(written);
    for (int i = 0; i < 3; i++) {
      int at = i;
      eventually("the state at " + i, () -> contents(at).equals(written));
    }
  }

  @Test
  void whenTheMasterIsGoneAnotherHasAllThatWasAcknowledged() throws Exception {
    int first = awaitMaster(-1);
    write(first, "a", 200);
    Mastership before = members.get(first).mastership();

    // The node with role dir is needed for nothing here, but may be the one that goes.
    nodes.get(first).crash();
    int second = awaitMaster(first);

    assertThat(members.get(second).mastership().epoch()).isGreaterThan(before.epoch());
    assertThat(contents(second)).isEqualTo(written);
    write(second, "b", 200);
    int third = 3 - first - second;
    eventually("the state at the third", () -> contents(third).equals(written));
  }

  @Test
  void whoIsNotMasterUnderThatEpochRefuses() throws Exception {
    int master = awaitMaster(-1);
    int other = (master + 1) % 3;

    CompletableFuture<Long> refused = propose(other, "a", "a");

    assertThat(refused)
        .failsWithin(TestNode.LIMIT)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("is not the master");
    long epoch = members.get(master).mastership().epoch().number();
    for (long another : new long[] {epoch - 1, epoch + 1}) {
      assertThat(propose(master, "b", "b", new Epoch(another)))
          .failsWithin(TestNode.LIMIT)
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("not served under epoch " + another);
    }
    assertThat(contents(master)).isEmpty();
  }

  @Test
  void theMastershipMovesOnRequest() throws Exception {
    int first = awaitMaster(-1);
    write(first, "a", 50);
    int second = (first + 1) % 3;

    members.get(first).moveTo(node(second));
    eventually("the other to serve", () -> members.get(second).mastership().isValid(Instant.now()));

    assertThat(members.get(first).mastership().isValid(Instant.now())).isFalse();
    write(second, "b", 50);
    assertThat(contents(second)).isEqualTo(written);
  }
}
