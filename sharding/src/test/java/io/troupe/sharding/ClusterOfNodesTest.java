package io.troupe.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.troupe.actors.directory.Role;
import io.troupe.actors.errors.FsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Several nodes in this JVM, which leave, crash and come back. */
final class ClusterOfNodesTest {
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir Path dir;
  private final Deque<TestNode> nodes = new ArrayDeque<>();

  @AfterEach
  void stopAll() {
    nodes.forEach(TestNode::close);
  }

  private TestNode node(int number, Set<Role> roles, int port, String keys, String... seeds)
      throws InterruptedException {
    TestNode n = new TestNode(number, roles, dir, port, keys, seeds);
    nodes.push(n);
    return n;
  }

  private TestNode node(int number, Set<Role> roles, String... seeds) throws InterruptedException {
    return node(number, roles, 0, "", seeds);
  }

  private static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TestNode.LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static boolean serves(TestNode asker, int owner) {
    try {
      return asker.whoServes(owner, SHORT).toCompletableFuture().join() == owner;
    } catch (CompletionException e) {
      return false;
    }
  }

  @Test
  void entitiesLiveOnTheirOwnerOrNowhere() throws Throwable {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    try {
      TestNode head = node(1, Set.of(Role.DIR, Role.OSD));
      TestNode second = node(2, Set.of(Role.OSD), head.address());
      eventually("served by their owners", () -> serves(head, 1) && serves(head, 2));
      assertThat(TestNode.await(second.whoServes(1, TestNode.LIMIT))).isEqualTo(1);

      second.leave();
      eventually("the leaver is gone", () -> !head.sees(2));
      long before = System.nanoTime();
      assertThatThrownBy(() -> TestNode.await(head.whoServes(2, TestNode.LIMIT)))
          .isInstanceOf(FsException.class)
          .hasMessageContaining("is not in the cluster now");
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      // One that has never been there: the coordinator is asked for it, and gives it to nobody.
      assertThatThrownBy(() -> TestNode.await(head.whoServesUnchecked(9, SHORT)))
          .isInstanceOf(TimeoutException.class);

      node(2, Set.of(Role.OSD), head.address());
      eventually("served again", () -> serves(head, 2));

      List<ILoggingEvent> errors =
          List.copyOf(log.list).stream()
              .filter(e -> e.getLevel().isGreaterOrEqual(Level.ERROR))
              .toList();
      assertThat(errors).isEmpty();
    } finally {
      root.detachAppender(log);
    }
  }

  @Test
  void aSurvivorOfTwoLivesOnAndTakesTheDirBack() throws Exception {
    TestNode head = node(1, Set.of(Role.DIR));
    int port = head.port();
    TestNode survivor = node(2, Set.of(Role.OSD), head.address());
    eventually("registered", () -> survivor.registry().isOnline(survivor.id));

    head.crash();

    assertThatThrownBy(survivor::refreshed)
        .hasCauseInstanceOf(FsException.class)
        .hasMessageContaining("the DIR did not answer within 1 s");
    eventually("its own Replica is served", () -> serves(survivor, 2));
    eventually("the head is missed", () -> !survivor.reaches(1));
    // As long as the head's node would have waited before it took the other one out, twice.
    assertThatThrownBy(survivor::awaitEnd).isInstanceOf(TimeoutException.class);
    TestNode again = node(1, Set.of(Role.DIR), port, "", survivor.address());
    eventually("one cluster", () -> again.sees(2) && again.registry().isOnline(survivor.id));
    assertThat(survivor.hasEnded()).isFalse();
    assertThat(survivor.refreshed().version()).isGreaterThan(again.registry().view().version());
  }

  @Test
  void theDirTakesOutWhoIsGone() throws Exception {
    TestNode head = node(1, Set.of(Role.DIR));
    TestNode second = node(2, Set.of(Role.OSD), head.address());
    TestNode third = node(3, Set.of(Role.OSD), head.address());

    second.crash();

    eventually("taken out", () -> !head.sees(2) && !third.sees(2));
    assertThat(head.hasEnded() || third.hasEnded()).isFalse();
  }

  @Test
  void whoComesBackUnderAnotherAddressReplacesItselfAtOnce() throws Exception {
    TestNode head = node(1, Set.of(Role.DIR), 0, "troupe.node.down-after = 1h");
    node(2, Set.of(Role.OSD), head.address()).crash();

    node(2, Set.of(Role.OSD), head.address());

    eventually("served again", () -> serves(head, 2));
  }

  @Test
  void refusesASecondDirectory() throws Exception {
    TestNode head = node(1, Set.of(Role.DIR));
    TestNode other = node(2, Set.of(Role.OSD), head.address());
    assertThatThrownBy(() -> node(3, Set.of(Role.DIR), head.address()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has role dir already");

    head.leave();
    eventually("the head is gone", () -> !other.sees(1));

    assertThatThrownBy(() -> node(3, Set.of(Role.DIR), other.address()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("second catalog");
    eventually("who was refused is gone", () -> !other.sees(3));
    // A first one that is asked for is welcome.
    node(4, Set.of(Role.DIR), 0, "troupe.directory.create = true", other.address());
  }

  @Test
  void aStartThatFailsOrIsInterruptedLeavesNothingBehind() {
    long before = systems();
    assertThatThrownBy(() -> node(1, Set.of(Role.OSD), "no address"))
        .isInstanceOf(IllegalArgumentException.class);
    Thread starter = Thread.currentThread();
    Thread.ofVirtual()
        .start(
            () -> {
              eventually("it waits to join", () -> isJoining(starter));
              starter.interrupt();
            });
    assertThatThrownBy(() -> node(2, Set.of(Role.OSD), "127.0.0.1:1"))
        .isInstanceOf(InterruptedException.class);

    eventually("threads are gone", () -> systems() <= before);
  }

  private static boolean isJoining(Thread starter) {
    return starter.getState() == Thread.State.TIMED_WAITING
        && java.util.Arrays.stream(starter.getStackTrace())
            .anyMatch(f -> f.getMethodName().equals("join"));
  }

  private static long systems() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith(ClusterNode.SYSTEM + "-"))
        .count();
  }
}
