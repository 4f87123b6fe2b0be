package io.troupe.mrc.volume;

import static io.troupe.mrc.volume.Asking.ROOT;
import static io.troupe.mrc.volume.Asking.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.mrc.Around;
import io.troupe.mrc.TestNode;
import io.troupe.mrc.placement.ByFreeSpace;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client asks for a change more than once, since an answer may have been lost. */
final class AttemptsOfChangesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final UUID CLIENT = new UUID(9, 9);
  private static final VolumeSettings SETTINGS =
      new VolumeSettings(
          256,
          80,
          10,
          2,
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(5),
          10,
          10);

  @TempDir static Path dir;
  private static TestNode node;
  private static int volumes;

  private PartitionId partition;
  private Around around;
  private ActorRef<VolumeCommand> entity;
  private Asking asking;

  @BeforeAll
  static void start() {
    node = TestNode.start(dir, "");
    node.online(new OsdId(new UUID(7, 1)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void spawn() {
    partition = new PartitionId(new VolumeId(new UUID(5, ++volumes)), 0);
    beginWithoutLease(NOW);
    grant(NOW);
    asking.<Done>done(
        r ->
            new VolumeCommand.Initialize(
                new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0), r));
  }

  @AfterEach
  void kill() {
    node.kill(entity);
  }

  private void beginWithoutLease(Instant now) {
    around = new Around(node);
    entity =
        node.kit()
            .spawn(
                VolumeEntity.create(
                    partition,
                    SETTINGS,
                    around.entities(),
                    node.store(),
                    new ByFreeSpace(),
                    Optional.empty(),
                    Clock.fixed(now, ZoneOffset.UTC)));
    asking = new Asking(node, entity);
  }

  private void begin(Instant now) {
    beginWithoutLease(now);
    grant(now);
  }

  private void grant(Instant now) {
    around
        .lease
        .expectMessageClass(LeaseCommand.Acquire.class, TestNode.LIMIT)
        .replyTo()
        .tell(
            new LeaseReply.Granted(
                CellId.ofPartition(partition), new Epoch(3), now.plusSeconds(15)));
  }

  private void restart(Instant now) {
    node.kill(entity);
    begin(now);
  }

  private static VolumeCommand once(int place, long number, VolumeCommand.Change change) {
    return new VolumeCommand.Once(new OperationId(CLIENT, place, number), change);
  }

  private static Function<ActorRef<Result<Attributes>>, VolumeCommand> makeDirectory(
      int place, long number, String name) {
    return r ->
        once(
            place,
            number,
            new VolumeCommand.MakeDirectory(ROOT, Name.of(name), 0755, Caller.ROOT, r));
  }

  private static Function<ActorRef<Result<Done>>, VolumeCommand> unlink(
      int place, long number, String name) {
    return r -> once(place, number, new VolumeCommand.Unlink(ROOT, Name.of(name), r));
  }

  private static Function<ActorRef<Result<Done>>, VolumeCommand> rename(
      int place, long number, String from, String to) {
    return r ->
        once(
            place,
            number,
            new VolumeCommand.Rename(
                ROOT, Name.of(from), ROOT, Name.of(to), RenameMode.REPLACE, r));
  }

  private static Function<ActorRef<Result<CreatedFile>>, VolumeCommand> create(
      int place, long number, String name, TestProbe<SessionEvent> opener) {
    return r ->
        once(
            place,
            number,
            new VolumeCommand.CreateFile(
                ROOT, Name.of(name), 0644, Caller.ROOT, true, Optional.of(opener.ref()), r));
  }

  @Test
  void aLaterAttemptIsAnsweredAsTheFirst() {
    Attributes made = asking.done(makeDirectory(0, 1, "d"));

    assertThat(asking.<Attributes>done(makeDirectory(0, 1, "d"))).isEqualTo(made);

    asking.<Attributes>refused(Errno.EEXIST, makeDirectory(0, 2, "d"));
    asking.<Attributes>refused(Errno.EEXIST, makeDirectory(1, 1, "d"));
  }

  @Test
  void whatIsNotRepeatableIsCarriedOutOnce() {
    asking.file("a");
    long b = asking.file("b");
    asking.done(unlink(0, 1, "a"));
    long again = asking.file("a"); // somebody else's

    asking.done(unlink(0, 1, "a"));

    assertThat(asking.lookup("a").orThrow().inode()).isEqualTo(again);
    asking.done(rename(0, 2, "b", "c"));
    asking.done(rename(0, 2, "b", "c"));
    assertThat(asking.lookup("c").orThrow().inode()).isEqualTo(b);
  }

  @Test
  void itIsRememberedOverARestart() {
    Attributes made = asking.done(makeDirectory(0, 1, "d"));
    asking.done(rename(1, 1, "d", "e"));

    restart(NOW);

    assertThat(asking.<Attributes>done(makeDirectory(0, 1, "d")).inode()).isEqualTo(made.inode());
    asking.done(rename(1, 1, "d", "e"));
    failed(Errno.ENOENT, asking.lookup("d"));
  }

  @Test
  void attemptsThatMeetAreOneChange() {
    node.kill(entity);
    beginWithoutLease(NOW);
    TestProbe<SessionEvent> opener = node.probe();
    TestProbe<Result<CreatedFile>> first = node.probe();
    TestProbe<Result<CreatedFile>> second = node.probe();
    entity.tell(create(0, 1, "f", opener).apply(first.ref()));
    entity.tell(create(0, 1, "f", opener).apply(second.ref()));

    grant(NOW);

    CreatedFile created = first.receiveMessage(TestNode.LIMIT).orThrow();
    assertThat(created.created()).isTrue();
    assertThat(second.receiveMessage(TestNode.LIMIT).orThrow()).isEqualTo(created);
  }

  @Test
  void theOpenOfACreateIsCountedOnce() {
    TestProbe<SessionEvent> opener = node.probe();
    long inode = asking.<CreatedFile>done(create(0, 1, "f", opener)).file().attributes().inode();
    assertThat(asking.<CreatedFile>done(create(0, 1, "f", opener)).created()).isTrue();

    asking.<Done>done(r -> new VolumeCommand.CloseFiles(List.of(inode), opener.ref(), r));
    asking.done(unlink(0, 2, "f"));

    asking.<Attributes>refused(Errno.ENOENT, r -> new VolumeCommand.GetAttributes(inode, r));
    around.file.expectNoMessage(Duration.ZERO);
  }

  @Test
  void anOpenIsCountedOnce() {
    TestProbe<SessionEvent> session = node.probe();
    long inode = asking.file("f");
    for (int i = 0; i < 2; i++) {
      asking.<FileDescription>done(
          r ->
              new VolumeCommand.Once(
                  new OperationId(CLIENT, 3, 1),
                  new VolumeCommand.OpenFile(inode, session.ref(), r)));
    }

    asking.<Done>done(r -> new VolumeCommand.CloseFiles(List.of(inode), session.ref(), r));
    asking.done(unlink(0, 1, "f"));

    asking.<Attributes>refused(Errno.ENOENT, r -> new VolumeCommand.GetAttributes(inode, r));
    around.file.expectNoMessage(Duration.ZERO);
  }

  /** Who restarts has forgotten all opens, and counts this one. */
  @Test
  void theOpenOfACreateCountsAfterARestart() {
    TestProbe<SessionEvent> opener = node.probe();
    long inode = asking.<CreatedFile>done(create(0, 1, "f", opener)).file().attributes().inode();

    restart(NOW);
    asking.<CreatedFile>done(create(0, 1, "f", opener));
    asking.done(unlink(0, 2, "f"));

    asking.<Attributes>done(r -> new VolumeCommand.GetAttributes(inode, r));
  }

  @Test
  void aChangeThatFailedIsNotRemembered() {
    asking.refused(Errno.ENOENT, unlink(0, 1, "f"));
    asking.file("f");

    asking.done(unlink(0, 1, "f"));

    failed(Errno.ENOENT, asking.lookup("f"));
  }

  @Test
  void anAttemptThatComesLateIsRefused() {
    asking.file("f");
    asking.done(makeDirectory(0, 2, "d"));

    asking.refused(Errno.EIO, unlink(0, 1, "f"));

    assertThat(asking.lookup("f")).isInstanceOf(Result.Ok.class);
  }

  @Test
  void anAnswerThatIsGoneSaysSo() {
    asking.<Attributes>done(makeDirectory(0, 1, "d"));
    asking.<Done>done(r -> once(1, 1, new VolumeCommand.RemoveDirectory(ROOT, Name.of("d"), r)));

    Result<Attributes> answer = asking.ask(makeDirectory(0, 1, "d"));

    failed(Errno.ENOENT, answer);
    assertThat(answer.toString()).contains("was carried out");
  }

  @Test
  void whatWasAnsweredLongAgoIsForgotten() {
    asking.file("f");
    asking.done(unlink(0, 1, "f"));

    restart(NOW.plus(Duration.ofDays(1)));
    asking.done(unlink(0, 1, "f"));
    restart(NOW.plus(Duration.ofDays(3)));
    asking.<Attributes>done(makeDirectory(5, 1, "d")); // behind the forgetting

    asking.refused(Errno.ENOENT, unlink(0, 1, "f"));
  }

  @Test
  void whoeverLosesTheLeaseAsksToBeAskedAgain() {
    node.kill(entity);
    beginWithoutLease(NOW);
    grant(NOW.minusSeconds(60));

    asking.<Attributes>refused(Errno.EAGAIN, makeDirectory(0, 1, "d"));
  }
}
