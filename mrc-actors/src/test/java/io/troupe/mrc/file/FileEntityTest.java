package io.troupe.mrc.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.PendingCut;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.mrc.Around;
import io.troupe.mrc.TestNode;
import io.troupe.sharding.Entities;
import io.troupe.sharding.EntityIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The File entity between a Volume and OSDs that answer what the test says. */
final class FileEntityTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final OsdId FIRST = new OsdId(new UUID(7, 1));
  private static final OsdId SECOND = new OsdId(new UUID(7, 2));
  private static final ReplicaLocation REPLICA =
      new ReplicaLocation(new StripingPolicy(4096, 2), List.of(FIRST, SECOND));
  private static final Result<Done> DONE = Result.ok(Done.DONE);

  @TempDir static Path dir;
  private static TestNode node;
  private static int files;

  private Around around;
  private Entities entities;
  private FileId file;
  private ActorRef<FileCommand> entity;
  private TestProbe<Result<FileDescription>> answers;
  private TestProbe<Result<Done>> closes;
  private TestProbe<SessionEvent> session;

  @BeforeAll
  static void start() {
    node = TestNode.start(dir);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void spawn() {
    around = new Around(node);
    entities = around.entities();
    file = new FileId(new VolumeId(new UUID(3, 3)), 100 + ++files);
    entity = entity();
    answers = node.probe();
    closes = node.probe();
    session = node.probe();
  }

  private ActorRef<FileCommand> entity() {
    return node.kit().spawn(FileEntity.create(file, entities, TIMEOUT, () -> new Epoch(1)));
  }

  private void restart() {
    node.kill(entity);
    entity = entity();
  }

  // ---- what is asked and answered

  private Attributes attributes(long size, int epoch) {
    FileTime t = FileTime.EPOCH;
    return new Attributes(
        file.inode(), FileType.REGULAR.bits() | 0644, 1, 0, 0, 0, size, epoch, t, t, t);
  }

  private Result<FileDescription> described(long size, int epoch) {
    return Result.ok(
        new FileDescription(
            attributes(size, epoch),
            Optional.of(new XLocSet(1, List.of(REPLICA))),
            Optional.empty()));
  }

  private Result<FileDescription> toCut(long size, int epoch, long cut) {
    return Result.ok(
        new FileDescription(
            attributes(size, epoch),
            Optional.of(new XLocSet(1, List.of(REPLICA))),
            Optional.of(new PendingCut(epoch, cut))));
  }

  private void ask(TestProbe<SessionEvent> opener) {
    entity.tell(new FileCommand.Open(opener.ref(), answers.ref()));
  }

  private void describe(Result<FileDescription> answer) {
    VolumeCommand.Describe d = around.volumeGets(VolumeCommand.Describe.class);
    assertThat(d.inode()).isEqualTo(file.inode());
    d.replyTo().tell(answer);
  }

  private void begin(long size, Result<FileDescription> answer) {
    VolumeCommand.BeginTruncate b = around.volumeGets(VolumeCommand.BeginTruncate.class);
    assertThat(b.inode()).isEqualTo(file.inode());
    assertThat(b.sizeBytes()).isEqualTo(size);
    b.replyTo().tell(answer);
  }

  private void end(int epoch, long size) {
    VolumeCommand.EndTruncate e = around.volumeGets(VolumeCommand.EndTruncate.class);
    assertThat(e.truncateEpoch()).isEqualTo(epoch);
    e.replyTo().tell(Result.ok(attributes(size, epoch)));
  }

  /** All OSDs are asked for the cut, and answer. */
  private void cut(int epoch, long size, Result<Done> first, Result<Done> second) {
    Map<String, Result<Done>> ids = new HashMap<>();
    ids.put(EntityIds.replica(FIRST, file), first);
    ids.put(EntityIds.replica(SECOND, file), second);
    for (int i = 0; i < 2; i++) {
      ShardingEnvelope<ReplicaCommand> e = around.replicaGets();
      Result<Done> answer = ids.remove(e.entityId());
      assertThat(answer).as("%s is asked once", e.entityId()).isNotNull();
      assertThat(e.message())
          .isInstanceOfSatisfying(
              ReplicaCommand.Truncate.class,
              t -> {
                assertThat(t.truncateEpoch()).isEqualTo(epoch);
                assertThat(t.sizeBytes()).isEqualTo(size);
                assertThat(t.location()).isEqualTo(REPLICA);
                t.replyTo().tell(answer);
              });
    }
  }

  private Result<FileDescription> answer() {
    return answers.receiveMessage(TestNode.LIMIT);
  }

  private void failsWith(Errno errno) {
    assertThat(answer())
        .isInstanceOfSatisfying(Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(errno));
  }

  private void opened(TestProbe<SessionEvent> opener) {
    ask(opener);
    describe(described(10, 0));
    assertThat(answer()).isEqualTo(described(10, 0));
  }

  private void close(TestProbe<SessionEvent> holder) {
    entity.tell(new FileCommand.Close(holder.ref(), closes.ref()));
    closes.expectMessage(TestNode.LIMIT, DONE);
  }

  private void unlinked() {
    entity.tell(new FileCommand.Unlinked());
  }

  /** The inode is given back, and the entity has nothing left to do. */
  private void released() {
    VolumeCommand.ReleaseOrphan r = around.volumeGets(VolumeCommand.ReleaseOrphan.class);
    assertThat(r.inode()).isEqualTo(file.inode());
    r.replyTo().tell(DONE);
    closes.expectTerminated(entity, TestNode.LIMIT);
  }

  /** Nothing was asked of the Volume so far: what it gets next is this. */
  private void notReleased() {
    TestProbe<SessionEvent> other = node.probe();
    ask(other);
    describe(Result.failed(Errno.EIO));
    failsWith(Errno.EIO);
  }

  // ---- who holds the file

  @Test
  void anUnlinkedFileThatNobodyHoldsIsReleased() {
    unlinked();
    released();
  }

  @Test
  void anUnlinkedFileIsReleasedAtTheLastClose() {
    TestProbe<SessionEvent> other = node.probe();
    opened(session);
    opened(session);
    opened(other);
    unlinked();
    notReleased();

    close(session);
    notReleased();
    close(other);
    notReleased();
    close(session);

    released();
  }

  @Test
  void aFileWithANameIsNotReleasedAtTheLastClose() {
    opened(session);
    close(session);

    notReleased();
  }

  @Test
  void aCloseTooManyClosesForNobodyElse() {
    TestProbe<SessionEvent> other = node.probe();
    opened(other);
    close(session);
    unlinked();
    close(session);

    notReleased();
    close(other);
    released();
  }

  @Test
  void whoCreatedItHoldsIt() {
    entity.tell(new FileCommand.Opened(session.ref(), 1));
    unlinked();
    notReleased();

    close(session);

    released();
  }

  @Test
  void opensThatTheVolumeGaveAwayAreCountedOneByOne() {
    entity.tell(new FileCommand.Opened(session.ref(), 2));
    unlinked();
    close(session);
    notReleased();

    close(session);

    released();
  }

  @Test
  void whatASessionTellsAgainCountsOnce() {
    opened(session);
    entity.tell(new FileCommand.Reopened(session.ref(), 2));
    entity.tell(new FileCommand.Reopened(session.ref(), 2));
    entity.tell(new FileCommand.Reopened(session.ref(), 1));
    unlinked();
    close(session);
    notReleased();

    close(session);

    released();
  }

  @Test
  void aSessionThatEndsAfterItToldHoldsNothing() {
    entity.tell(new FileCommand.Reopened(session.ref(), 3));
    unlinked();
    notReleased();

    session.stop();

    released();
  }

  @Test
  void whoToldOfAFileWithoutANameSurvivesACrash() {
    unlinked();
    around
        .volumeGets(VolumeCommand.ReleaseOrphan.class)
        .replyTo()
        .tell(Result.failed(Errno.EAGAIN, "not yet"));
    entity.tell(new FileCommand.Reopened(session.ref(), 1));
    notReleased();

    restart();

    unlinked();
    notReleased();
    close(session);
    released();
  }

  @Test
  void anOpenThatFailsHoldsNothing() {
    ask(session);
    describe(Result.failed(Errno.EIO, "no luck"));
    failsWith(Errno.EIO);

    unlinked();

    released();
  }

  @Test
  void anOpenThatFailsAfterTheUnlinkReleases() {
    ask(session);
    unlinked();
    describe(Result.failed(Errno.ENOENT));
    failsWith(Errno.ENOENT);

    released();
  }

  @Test
  void anOpenUnderWayHoldsTheFile() {
    ask(session);
    VolumeCommand.Describe d = around.volumeGets(VolumeCommand.Describe.class);
    unlinked();
    d.replyTo().tell(described(10, 0));
    assertThat(answer()).isEqualTo(described(10, 0));
    notReleased();

    close(session);

    released();
  }

  @Test
  void aSessionThatEndsHoldsNothing() {
    TestProbe<SessionEvent> other = node.probe();
    opened(session);
    opened(session);
    opened(other);
    unlinked();
    notReleased();

    session.stop();
    close(other);

    released();
  }

  @Test
  void aReleaseThatFailedIsTriedAgainWhenTheVolumeReminds() {
    unlinked();
    around
        .volumeGets(VolumeCommand.ReleaseOrphan.class)
        .replyTo()
        .tell(Result.failed(Errno.EIO, "no luck"));

    unlinked();

    released();
  }

  // ---- over restarts

  @Test
  void whoHoldsAnUnlinkedFileSurvivesACrash() {
    TestProbe<SessionEvent> other = node.probe();
    opened(session);
    opened(session);
    opened(other);
    unlinked();
    close(other);
    notReleased();

    restart();

    unlinked();
    notReleased();
    close(session);
    notReleased();
    close(session);
    released();
  }

  @Test
  void whoOpensAnUnlinkedFileSurvivesACrash() {
    opened(session);
    unlinked();
    opened(session);
    close(session);
    TestProbe<SessionEvent> other = node.probe();
    opened(other);
    close(session);
    notReleased();

    restart();

    unlinked();
    notReleased();
    close(other);
    released();
  }

  @Test
  void aSessionThatEndedMeanwhileHoldsNothingAfterACrash() {
    opened(session);
    unlinked();
    notReleased();
    node.kill(entity);
    session.stop();

    entity = entity();
    unlinked();

    released();
  }

  @Test
  void whoHoldsAFileSurvivesPassivation() {
    opened(session);
    entity.tell(new FileEntity.Stop());
    closes.expectTerminated(entity, TestNode.LIMIT);
    entity = entity();

    unlinked();
    notReleased();
    close(session);

    released();
  }

  @Test
  void afterAReleaseNobodyIsRemembered() {
    opened(session);
    unlinked();
    notReleased();
    close(session);
    released();

    entity = entity();
    unlinked();

    released();
  }

  @Test
  void whatIsUnderWayIsAnsweredBeforeTheEntityStops() {
    TestProbe<SessionEvent> other = node.probe();
    ask(session);
    ask(other);
    entity.tell(new FileEntity.Stop());

    describe(Result.failed(Errno.EIO));
    failsWith(Errno.EIO);
    describe(described(10, 0));
    assertThat(answer()).isEqualTo(described(10, 0));
    closes.expectTerminated(entity, TestNode.LIMIT);

    entity = entity();
    unlinked();
    notReleased();
    close(other);
    released();
  }

  // ---- truncates

  private void truncate(long size) {
    entity.tell(new FileCommand.Truncate(size, answers.ref()));
  }

  @Test
  void aTruncateIsNotedThenCutThenDone() {
    truncate(100);
    begin(100, toCut(100, 1, 100));
    cut(1, 100, DONE, DONE);
    end(1, 100);

    assertThat(answer()).isEqualTo(described(100, 1));
  }

  @Test
  void aTruncateThatIsRefusedAsksNoOsd() {
    truncate(-1);
    begin(-1, Result.failed(Errno.EINVAL));
    failsWith(Errno.EINVAL);

    around.replicas.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void aCutThatFailedIsFinishedByTheNextOpen() {
    truncate(100);
    begin(100, toCut(100, 1, 100));
    cut(1, 100, DONE, Result.failed(Errno.EIO, "disk"));
    failsWith(Errno.EIO);

    ask(session);
    describe(toCut(100, 1, 100));
    cut(1, 100, Result.failed(Errno.EIO, "disk"), DONE);
    failsWith(Errno.EIO);

    ask(session);
    describe(toCut(100, 1, 100));
    cut(1, 100, DONE, DONE);
    end(1, 100);
    assertThat(answer()).isEqualTo(described(100, 1));

    unlinked();
    notReleased();
    close(session);
    released();
  }

  @Test
  void aCutThatFailedIsFinishedBeforeTheNextTruncate() {
    truncate(0);
    begin(0, toCut(0, 1, 0));
    cut(1, 0, DONE, Result.failed(Errno.EIO, "disk"));
    failsWith(Errno.EIO);

    truncate(5_000);
    begin(5_000, Result.failed(Errno.EBUSY));
    // Written and reported meanwhile: the cut is still where it was.
    describe(toCut(700, 1, 0));
    cut(1, 0, DONE, DONE);
    end(1, 700);
    begin(5_000, toCut(5_000, 2, 5_000));
    cut(2, 5_000, DONE, DONE);
    end(2, 5_000);

    assertThat(answer()).isEqualTo(described(5_000, 2));
  }

  @Test
  void aCutThatFailsAgainKeepsTheNextTruncateFromBeginning() {
    truncate(5_000);
    begin(5_000, Result.failed(Errno.EBUSY));
    describe(toCut(0, 1, 0));
    cut(1, 0, Result.failed(Errno.EIO, "disk"), DONE);

    failsWith(Errno.EIO);
    notReleased();
  }

  @Test
  void anOsdThatDoesNotAnswerFailsTheTruncate() {
    truncate(100);
    begin(100, toCut(100, 1, 100));
    around.replicaGets();
    around.replicaGets();

    node.pass(TIMEOUT);

    failsWith(Errno.EIO);
    notReleased();
  }

  @Test
  void aVolumeThatDoesNotAnswerFailsTheOpen() {
    ask(session);
    around.volumeGets(VolumeCommand.Describe.class);

    node.pass(TIMEOUT);

    failsWith(Errno.EIO);
    unlinked();
    released();
  }

  @Test
  void anOpenWaitsForTheTruncateBefore() {
    truncate(100);
    ask(session);
    begin(100, toCut(100, 1, 100));
    cut(1, 100, DONE, DONE);
    end(1, 100);
    describe(described(100, 1));

    assertThat(answer()).isEqualTo(described(100, 1));
    assertThat(answer()).isEqualTo(described(100, 1));
  }

  @Test
  void tooManyThatWaitAreRefusedAndHoldNothing() {
    TestProbe<Result<FileDescription>> refused = node.probe();
    ask(session);
    VolumeCommand.Describe first = around.volumeGets(VolumeCommand.Describe.class);
    for (int i = 0; i < 1_024; i++) {
      ask(session);
    }

    entity.tell(new FileCommand.Open(session.ref(), refused.ref()));
    entity.tell(new FileCommand.Truncate(0, refused.ref()));

    for (int i = 0; i < 2; i++) {
      assertThat(refused.receiveMessage(TestNode.LIMIT))
          .isInstanceOfSatisfying(
              Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.EAGAIN));
    }
    first.replyTo().tell(described(10, 0));
    answer();
    for (int i = 0; i < 1_024; i++) {
      describe(described(10, 0));
      answer();
    }
    unlinked();
    for (int i = 0; i < 1_025; i++) {
      close(session);
    }
    released();
  }
}
