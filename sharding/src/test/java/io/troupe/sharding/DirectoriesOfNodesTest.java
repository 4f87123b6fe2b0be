package io.troupe.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.ViewVersion;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.volume.VolumePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in this JVM that keep the directory together, and one that uses it. */
final class DirectoriesOfNodesTest {
  private static final Set<Role> ROLES = Set.of(Role.DIR, Role.MRC, Role.OSD);
  private static final String KEYS =
      """
      troupe.directory { replicas = 3, lease-duration = 2s }
      troupe.lease { duration = 2s, clock-drift = 20ms, message-timeout = 250ms }
      """;

  @TempDir Path dir;
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void stopAll() {
    nodes.forEach(TestNode::close);
  }

  private TestNode node(int number, Set<Role> roles, String... seeds) throws InterruptedException {
    TestNode n = new TestNode(number, roles, dir, 0, KEYS, seeds);
    nodes.add(n);
    return n;
  }

  private static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TestNode.LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static boolean takesPart(TestNode n) {
    return n.takesPart.toCompletableFuture().isDone();
  }

  private static boolean answers(TestNode n) {
    try {
      n.refreshed();
      return true;
    } catch (CompletionException e) {
      return false;
    }
  }

  /** Asks for a volume: its record is there whether somebody makes the volume or not. */
  private static void create(TestNode n, String name) {
    var unused =
        n.entities.ask(
            (ActorRef<Result<VolumeRecord>> r) ->
                new DirectoryCommand.CreateVolume(
                    name, new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0), 1, r),
            TestNode.LIMIT);
    eventually("volume " + name, () -> answers(n) && has(n.registry().view(), name));
  }

  private static boolean has(DirectoryView view, String volume) {
    return view.volume(volume).isPresent();
  }

  private TestNode master(TestNode asker) {
    var id =
        asker
            .entities
            .masters()
            .of(io.troupe.sharding.group.GroupIds.DIRECTORY, nodes.stream().map(n -> n.id).toList())
            .orElseThrow();
    return nodes.stream().filter(n -> n.id.equals(id)).findFirst().orElseThrow();
  }

  private TestNode begun() throws InterruptedException {
    TestNode first = node(1, ROLES);
    node(2, ROLES, first.address());
    assertThat(takesPart(first)).isFalse();
    node(3, ROLES, first.address());
    TestNode user = node(4, Set.of(Role.OSD), first.address());
    eventually("all are registered", () -> answers(user) && online(user) == 4);
    assertThat(nodes.subList(0, 3)).allMatch(DirectoriesOfNodesTest::takesPart);
    return user;
  }

  private static long online(TestNode n) {
    return n.registry().view().services().stream().filter(ServiceStatus::online).count();
  }

  @Test
  void whenTheOneThatServesDiesAnotherHasEverything() throws Exception {
    TestNode user = begun();
    create(user, "a");
    DirectoryView before = user.refreshed();

    long died = System.nanoTime();
    master(user).crash();
    eventually(
        "another answers",
        () ->
            answers(user) && user.registry().view().version().incarnation() > incarnation(before));
    assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(Duration.ofSeconds(10));

    DirectoryView after = user.registry().view();
    assertThat(after.version()).isGreaterThan(before.version());
    assertThat(after.volumes()).isEqualTo(before.volumes());
    assertThat(after.services()).hasSize(4).allMatch(ServiceStatus::online);
    create(user, "b");
    ViewVersion last = user.refreshed().version();
    eventually("the dead one is offline", () -> answers(user) && online(user) == 3);
    assertThat(user.registry().view().version()).isGreaterThan(last);
    assertThat(has(user.registry().view(), "a") && has(user.registry().view(), "b")).isTrue();
  }

  private static long incarnation(DirectoryView view) {
    return view.version().incarnation();
  }

  @Test
  void aMajorityGoesOnAfterAllHaveStopped() throws Exception {
    TestNode user = begun();
    create(user, "a");
    ViewVersion before = user.refreshed().version();
    nodes.forEach(TestNode::crash);
    nodes.clear();

    TestNode second = node(2, ROLES);
    node(3, ROLES, second.address());

    eventually("the directory is served", () -> answers(second));
    assertThat(has(second.registry().view(), "a")).isTrue();
    assertThat(second.registry().view().version()).isGreaterThan(before);
  }

  @Test
  void refusesAFourthAndOneInTheStateOfNobody() throws Exception {
    TestNode user = begun();
    assertThatThrownBy(() -> node(5, ROLES, user.address()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("3 other nodes have role dir already");

    nodes.get(2).leave();
    eventually("it is gone", () -> !user.sees(3));
    eventually("who was refused is gone", () -> !user.sees(5));
    TestNode stranger = node(6, ROLES, user.address());

    assertThatThrownBy(() -> TestNode.await(stranger.takesPart))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the directory of this cluster is on the nodes");
  }

  @Test
  void refusesAnotherNumberOfNodes() throws Exception {
    TestNode first = node(1, ROLES);
    assertThatThrownBy(
            () ->
                nodes.add(
                    new TestNode(
                        2, ROLES, dir, 0, "troupe.directory.replicas = 5", first.address())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("troupe.directory.replicas is 5 here, but 3 on node");
    assertThatThrownBy(
            () -> new TestNode(2, ROLES, dir, 0, "troupe.directory.replicas = 2", first.address()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be 1, 3, 5 or 7, not 2");
  }
}
