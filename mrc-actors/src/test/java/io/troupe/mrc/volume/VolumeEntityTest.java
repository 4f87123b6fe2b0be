package io.troupe.mrc.volume;

import static io.troupe.mrc.volume.Asking.ROOT;
import static io.troupe.mrc.volume.Asking.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.OpenCount;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.actors.volume.XattrMode;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.KeyRange;
import io.troupe.mrc.Around;
import io.troupe.mrc.TestNode;
import io.troupe.mrc.file.FileEntity;
import io.troupe.mrc.placement.ByFreeSpace;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Volume entity over a real journal. */
final class VolumeEntityTest {
  private static final int MAX_PENDING = 80;
  private static final int MAX_OPENS = 3;
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final VolumeSettings SETTINGS =
      new VolumeSettings(
          256,
          MAX_PENDING,
          MAX_OPENS,
          2,
          Duration.ofSeconds(10),
          LEASE,
          Duration.ofSeconds(5),
          10,
          10);
  private static final Duration GRACE = SETTINGS.reopenGrace();
  private static final VolumePolicy POLICY =
      new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0);
  private static final OsdId OSD = new OsdId(new UUID(7, 1));
  private static final Result<Done> DONE = Result.ok(Done.DONE);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir static Path dir;
  private static TestNode node;
  private static int volumes;

  private PartitionId partition;
  private Around around;
  private ActorRef<VolumeCommand> entity;
  private Asking asking;

  /** Commits of more than the queue takes fail, as a journal does that cannot write. */
  @BeforeAll
  static void start() {
    node = TestNode.start(dir, "lsm-journal.store.commit-queue-size = 64KiB");
    node.online(OSD);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void spawn() {
    partition = new PartitionId(new VolumeId(new UUID(4, ++volumes)), 0);
    around = new Around(node);
    entity = entity(around);
    asking = new Asking(node, entity);
  }

  @AfterEach
  void kill() {
    node.kill(entity);
  }

  private ActorRef<VolumeCommand> entity(Around others) {
    return node.kit()
        .spawn(
            VolumeEntity.create(
                partition,
                SETTINGS,
                others.entities(),
                node.store(),
                new ByFreeSpace(),
                Optional.empty(),
                Clock.fixed(NOW, ZoneOffset.UTC)));
  }

  private void grant() {
    grant(NOW.plus(LEASE));
  }

  private void grant(Instant until) {
    LeaseCommand.Acquire asked =
        around.lease.expectMessageClass(LeaseCommand.Acquire.class, TestNode.LIMIT);
    CellId cell = CellId.ofPartition(partition);
    assertThat(asked.cell()).isEqualTo(cell);
    asked.replyTo().tell(new LeaseReply.Granted(cell, new Epoch(3), until));
  }

  private void ready() {
    grant();
    initialize();
  }

  private void initialize() {
    asking.<Done>done(r -> new VolumeCommand.Initialize(POLICY, r));
  }

  /** As after a crash: everything that was in memory is gone. */
  private void restart() {
    node.kill(entity);
    around = new Around(node);
    entity = entity(around);
    asking = new Asking(node, entity);
    grant();
  }

  /** Clients had time to tell what they have open. */
  private void passGrace() {
    asking.<Incarnation>done(VolumeCommand.GetIncarnation::new); // it has begun
    node.pass(GRACE);
  }

  private int events() {
    int n = 0;
    try (Cursor c = node.store().cursor(node.store().index("journal.events"), KeyRange.all())) {
      while (c.next()) {
        n++;
      }
    }
    return n;
  }

  // ---- batches

  @Test
  void changesThatCollectAreCommittedTogetherAndAnsweredInOrder() {
    int files = 80;
    int before = events();
    TestProbe<Result<CreatedFile>> answers = node.probe();
    TestProbe<Result<Done>> made = node.probe();
    // Without the lease they wait; with it they come faster than the first one is durable.
    entity.tell(new VolumeCommand.Initialize(POLICY, made.ref()));
    for (int i = 0; i < files; i++) {
      entity.tell(Asking.create("f" + i, answers.ref()));
    }

    grant();

    made.expectMessage(TestNode.LIMIT, DONE);
    for (int i = 0; i < files; i++) {
      CreatedFile created = answers.receiveMessage(TestNode.LIMIT).orThrow();
      assertThat(created.created()).isTrue();
      assertThat(created.file().attributes().inode()).isEqualTo(ROOT + 1 + i);
      assertThat(asking.lookup("f" + i)).isEqualTo(Result.ok(created.file().attributes()));
    }
    assertThat(events() - before).isBetween(1, 4);
    asking.file("last");
    answers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aChangeOfABatchSeesThoseBeforeIt() {
    TestProbe<Result<CreatedFile>> creates = node.probe();
    TestProbe<Result<Done>> others = node.probe();
    entity.tell(new VolumeCommand.Initialize(POLICY, others.ref()));
    entity.tell(Asking.create("a", creates.ref()));
    entity.tell(Asking.create("a", creates.ref()));
    entity.tell(new VolumeCommand.Unlink(ROOT, Name.of("a"), others.ref()));
    entity.tell(new VolumeCommand.Unlink(ROOT, Name.of("a"), others.ref()));
    entity.tell(Asking.create("a", creates.ref()));

    grant();

    others.expectMessage(TestNode.LIMIT, DONE);
    assertThat(creates.receiveMessage(TestNode.LIMIT)).isInstanceOf(Result.Ok.class);
    failed(Errno.EEXIST, creates.receiveMessage(TestNode.LIMIT));
    others.expectMessage(TestNode.LIMIT, DONE);
    failed(Errno.ENOENT, others.receiveMessage(TestNode.LIMIT));
    assertThat(creates.receiveMessage(TestNode.LIMIT)).isInstanceOf(Result.Ok.class);
  }

  @Test
  void whatDoesNotFitIntoTheQueueIsRefusedAndChangesNothing() {
    TestProbe<Result<Done>> made = node.probe();
    TestProbe<Result<CreatedFile>> answers = node.probe();
    int more = 20;
    entity.tell(new VolumeCommand.Initialize(POLICY, made.ref()));
    for (int i = 0; i < MAX_PENDING + more; i++) {
      entity.tell(Asking.create("f" + i, answers.ref()));
    }

    grant();

    List<Result<CreatedFile>> all = new ArrayList<>();
    for (int i = 0; i < MAX_PENDING + more; i++) {
      all.add(answers.receiveMessage(TestNode.LIMIT));
    }
    List<Result<CreatedFile>> refused =
        all.stream().filter(r -> r instanceof Result.Failed<CreatedFile>).toList();
    assertThat(refused).hasSize(more).allSatisfy(r -> failed(Errno.EAGAIN, r));
    VolumeUsage usage = asking.done(VolumeCommand.GetUsage::new);
    assertThat(usage.inodes()).isEqualTo(1 + MAX_PENDING);
    assertThat(asking.lookup("f" + MAX_PENDING)).isInstanceOf(Result.Failed.class);
    asking.file("later");
  }

  @Test
  void aChangeThatFailsWritesNothing() {
    ready();
    int before = events();

    asking.<Done>refused(Errno.ENOENT, r -> new VolumeCommand.Unlink(ROOT, Name.of("nothing"), r));

    assertThat(events()).isEqualTo(before);
  }

  // ---- the journal fails

  @Test
  void aCommitThatFailsIsAnsweredAndThoseBehindItGoOn() {
    ready();
    restartWithoutLease();
    TestProbe<Result<Done>> large = node.probe();
    TestProbe<Result<CreatedFile>> small = node.probe();
    entity.tell(setXattr(large, 64 << 10));
    entity.tell(Asking.create("a", small.ref()));
    entity.tell(Asking.create("b", small.ref()));

    grant();

    failed(Errno.EIO, large.receiveMessage(TestNode.LIMIT));
    small.receiveMessage(TestNode.LIMIT).orThrow();
    small.receiveMessage(TestNode.LIMIT).orThrow();
    assertThat(asking.<List<Name>>done(r -> new VolumeCommand.ListXattrs(ROOT, r))).isEmpty();
    large.expectNoMessage(Duration.ZERO);

    // And again, on the committer that came after; then everything is still there.
    entity.tell(setXattr(large, 64 << 10));
    failed(Errno.EIO, large.receiveMessage(TestNode.LIMIT));
    asking.file("c");
    restart();
    for (String name : List.of("a", "b", "c")) {
      assertThat(asking.lookup(name)).isInstanceOf(Result.Ok.class);
    }
  }

  private static VolumeCommand setXattr(TestProbe<Result<Done>> replyTo, int bytes) {
    return new VolumeCommand.SetXattr(
        ROOT, Name.of("user.a"), new byte[bytes], XattrMode.SET, replyTo.ref());
  }

  private void restartWithoutLease() {
    node.kill(entity);
    around = new Around(node);
    entity = entity(around);
    asking = new Asking(node, entity);
  }

  // ---- restarts

  @Test
  void aRestartFindsEverything() {
    ready();
    long a = asking.file("a");
    asking.<Done>done(
        r -> new VolumeCommand.SetXattr(a, Name.of("user.x"), new byte[] {1, 2}, XattrMode.SET, r));
    asking.<Attributes>done(
        r -> new VolumeCommand.MakeDirectory(ROOT, Name.of("d"), 0700, new Caller(5, 6), r));
    initialize(); // once more, as the DIR may
    Result<?> before = asking.lookup("a");
    VolumeUsage usage = asking.done(VolumeCommand.GetUsage::new);

    restart();

    assertThat(asking.lookup("a")).isEqualTo(before);
    assertThat(asking.lookup("d").orThrow().uid()).isEqualTo(5);
    assertThat(asking.<byte[]>done(r -> new VolumeCommand.GetXattr(a, Name.of("user.x"), r)))
        .containsExactly(1, 2);
    assertThat(asking.<VolumeUsage>done(VolumeCommand.GetUsage::new)).isEqualTo(usage);
    assertThat(asking.file("b")).as("numbers are not used again").isEqualTo(a + 2);
  }

  @Test
  void aStopAnswersWhatWaits() {
    TestProbe<Result<Done>> made = node.probe();
    TestProbe<Result<CreatedFile>> answers = node.probe();
    entity.tell(new VolumeCommand.Initialize(POLICY, made.ref()));
    entity.tell(Asking.create("a", answers.ref()));
    grant();
    made.expectMessage(TestNode.LIMIT, DONE);

    entity.tell(Asking.create("b", answers.ref()));
    entity.tell(new VolumeEntity.Stop());

    answers.receiveMessage(TestNode.LIMIT).orThrow();
    answers.receiveMessage(TestNode.LIMIT).orThrow();
    answers.expectTerminated(entity, TestNode.LIMIT);
  }

  // ---- the lease

  @Test
  void nothingIsAnsweredBeforeThereIsALease() {
    TestProbe<Result<VolumeUsage>> usage = node.probe();
    entity.tell(new VolumeCommand.GetUsage(usage.ref()));
    LeaseCommand.Acquire asked =
        around.lease.expectMessageClass(LeaseCommand.Acquire.class, TestNode.LIMIT);
    asked.replyTo().tell(new LeaseReply.Refused(asked.cell(), "another has it", NOW));
    usage.expectNoMessage(Duration.ofMillis(20));

    node.pass(LEASE.dividedBy(3));
    grant();

    failed(Errno.ENOENT, usage.receiveMessage(TestNode.LIMIT));
  }

  @Test
  void withALeaseThatEndsThereAreReadsButNoChanges() {
    grant(NOW.plus(LEASE));
    initialize();
    node.pass(LEASE.dividedBy(3));
    grant(NOW.plusMillis(900));

    asking.<CreatedFile>refused(Errno.EAGAIN, r -> Asking.create("a", r));
    assertThat(asking.<VolumeUsage>done(VolumeCommand.GetUsage::new).inodes()).isEqualTo(1);

    node.pass(LEASE.dividedBy(3));
    grant(NOW.plus(LEASE));
    asking.file("a");
  }

  // ---- what other entities are told

  private long created(String name, TestProbe<SessionEvent> session) {
    return asking
        .<CreatedFile>done(
            r ->
                new VolumeCommand.CreateFile(
                    ROOT, Name.of(name), 0644, Caller.ROOT, false, Optional.of(session.ref()), r))
        .file()
        .attributes()
        .inode();
  }

  private void open(long inode, TestProbe<SessionEvent> session) {
    asking.<FileDescription>done(r -> new VolumeCommand.OpenFile(inode, session.ref(), r));
  }

  private void close(long inode, TestProbe<SessionEvent> session) {
    asking.<Done>done(r -> new VolumeCommand.CloseFiles(List.of(inode), session.ref(), r));
  }

  private void unlink(String name) {
    asking.<Done>done(r -> new VolumeCommand.Unlink(ROOT, Name.of(name), r));
  }

  @Test
  void theFileLearnsOfItsOpenersAtItsEnd() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    TestProbe<SessionEvent> other = node.probe();
    long a = created("a", session);
    open(a, session);
    open(a, other);
    close(a, other);
    around.file.expectNoMessage(Duration.ZERO);

    unlink("a");

    assertThat(around.fileGets(FileCommand.Opened.class))
        .isEqualTo(new FileCommand.Opened(session.ref(), 2));
    around.fileGets(FileCommand.Unlinked.class);
    // What was given away is no longer counted here.
    close(a, session);
    assertThat(around.fileGets(FileCommand.Close.class).session()).isEqualTo(session.ref());
  }

  @Test
  void aFileWithoutANameIsOpenedByItsEntity() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    unlink("a");
    around.fileGets(FileCommand.Opened.class);
    around.fileGets(FileCommand.Unlinked.class);

    entity.tell(
        new VolumeCommand.OpenFile(a, session.ref(), node.<Result<FileDescription>>probe().ref()));

    assertThat(around.fileGets(FileCommand.Open.class).session()).isEqualTo(session.ref());
  }

  @Test
  void aFileWithATruncateUnderWayIsOpenedByItsEntity() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = asking.file("a");
    asking.<FileDescription>done(r -> new VolumeCommand.BeginTruncate(a, 5, r));

    entity.tell(
        new VolumeCommand.OpenFile(a, session.ref(), node.<Result<FileDescription>>probe().ref()));

    around.fileGets(FileCommand.Open.class);
  }

  @Test
  void opensBeyondTheLimitAreTheirEntitys() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    open(a, session);
    open(a, session);

    entity.tell(
        new VolumeCommand.OpenFile(a, session.ref(), node.<Result<FileDescription>>probe().ref()));
    around.fileGets(FileCommand.Open.class);
    long b = created("b", session);
    assertThat(around.fileGets(FileCommand.Opened.class))
        .isEqualTo(new FileCommand.Opened(session.ref(), 1));

    close(a, session);
    open(b, session);
    around.file.expectNoMessage(Duration.ZERO);
  }

  @Test
  void theOpensOfASessionEndWithIt() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    TestProbe<SessionEvent> other = node.probe();
    long a = created("a", session);
    open(a, session);
    open(a, session);

    session.stop();
    // There is room again once its end has been heard of.
    TestProbe<Result<FileDescription>> opened = node.probe();
    opened.awaitAssert(
        TestNode.LIMIT,
        () -> {
          entity.tell(new VolumeCommand.OpenFile(a, other.ref(), opened.ref()));
          return opened.receiveMessage(Duration.ofMillis(100));
        });
    unlink("a");

    List<FileCommand> told = new ArrayList<>();
    do {
      told.add(around.file.receiveMessage(TestNode.LIMIT));
    } while (!(told.getLast() instanceof FileCommand.Unlinked));
    assertThat(told)
        .contains(new FileCommand.Opened(other.ref(), 1))
        .noneMatch(c -> c instanceof FileCommand.Opened o && o.session().equals(session.ref()));
  }

  @Test
  void aStopHandsTheOpensOver() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    created("a", session);

    entity.tell(new VolumeEntity.Stop());

    assertThat(around.fileGets(FileCommand.Opened.class))
        .isEqualTo(new FileCommand.Opened(session.ref(), 1));
  }

  @Test
  void whatIsNoRegularFileIsNotCounted() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    for (int i = 0; i < MAX_OPENS + 1; i++) {
      FileDescription root = asking.done(r -> new VolumeCommand.OpenFile(ROOT, session.ref(), r));
      assertThat(root.xlocs()).isEmpty();
    }
    around.file.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aFileThatNobodyHasOpenGoesWithItsLastName() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    close(a, session);
    int before = events();

    unlink("a");

    deleteAsked().replyTo().tell(DONE);
    asking.<Attributes>refused(Errno.ENOENT, r -> new VolumeCommand.GetAttributes(a, r));
    assertThat(asking.<VolumeUsage>done(VolumeCommand.GetUsage::new).inodes()).isEqualTo(1);
    around.file.expectNoMessage(Duration.ZERO);
    destroyed();
    assertThat(events() - before).as("commits").isLessThanOrEqualTo(5);
  }

  @Test
  void aFileThatIsReplacedGoesAtOnceToo() {
    ready();
    long a = asking.file("a");
    long b = asking.file("b");

    asking.<Done>done(
        r ->
            new VolumeCommand.Rename(
                ROOT, Name.of("a"), ROOT, Name.of("b"), RenameMode.REPLACE, r));

    deleteAsked();
    asking.<Attributes>refused(Errno.ENOENT, r -> new VolumeCommand.GetAttributes(b, r));
    assertThat(asking.lookup("b").orThrow().inode()).isEqualTo(a);
    around.file.expectNoMessage(Duration.ZERO);
  }

  /** Everything waits for the lease and comes into one batch. */
  @Test
  void aFileThatIsOpenedAndUnlinkedInOneBatchStays() {
    TestProbe<Result<CreatedFile>> creates = node.probe();
    TestProbe<Result<Done>> others = node.probe();
    TestProbe<SessionEvent> session = node.probe();
    entity.tell(new VolumeCommand.Initialize(POLICY, others.ref()));
    entity.tell(
        new VolumeCommand.CreateFile(
            ROOT,
            Name.of("a"),
            0644,
            Caller.ROOT,
            false,
            Optional.of(session.ref()),
            creates.ref()));
    entity.tell(new VolumeCommand.Unlink(ROOT, Name.of("a"), others.ref()));

    grant();

    long a = creates.receiveMessage(TestNode.LIMIT).orThrow().file().attributes().inode();
    assertThat(around.fileGets(FileCommand.Opened.class))
        .isEqualTo(new FileCommand.Opened(session.ref(), 1));
    around.fileGets(FileCommand.Unlinked.class);
    assertThat(asking.<Attributes>done(r -> new VolumeCommand.GetAttributes(a, r)).nlink())
        .isZero();
  }

  /**
   * The open comes while the unlink is being persisted: it must not succeed on a file that goes.
   */
  @Test
  void whoOpensAFileThatGoesWaitsForItsEnd() {
    ready();
    for (int i = 0; i < 20; i++) {
      long a = asking.file("a" + i);
      TestProbe<Result<Done>> unlinked = node.probe();
      TestProbe<Result<FileDescription>> opened = node.probe();
      entity.tell(new VolumeCommand.Unlink(ROOT, Name.of("a" + i), unlinked.ref()));
      entity.tell(new VolumeCommand.OpenFile(a, node.<SessionEvent>probe().ref(), opened.ref()));

      unlinked.expectMessage(TestNode.LIMIT, DONE);
      failed(Errno.ENOENT, opened.receiveMessage(TestNode.LIMIT));
    }
    around.file.expectNoMessage(Duration.ZERO);
  }

  @Test
  void whereTheEntityMayCountOpensItIsAsked() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = asking.file("a");
    asking.<FileDescription>done(r -> new VolumeCommand.BeginTruncate(a, 5, r));
    entity.tell(
        new VolumeCommand.OpenFile(a, session.ref(), node.<Result<FileDescription>>probe().ref()));
    around.fileGets(FileCommand.Open.class);
    asking.<Attributes>done(r -> new VolumeCommand.EndTruncate(a, 1, r));
    restart(); // which the entity outlives, somewhere else
    passGrace();

    unlink("a");
    around.fileGets(FileCommand.Unlinked.class);
    asking.<Done>done(r -> new VolumeCommand.ReleaseOrphan(a, r));

    deleteAsked().replyTo().tell(DONE);
    destroyed();
  }

  @Test
  void aFileThatIsBeingCutWaitsForItsEntity() {
    ready();
    long a = asking.file("a");
    asking.<FileDescription>done(r -> new VolumeCommand.BeginTruncate(a, 5, r));

    unlink("a");

    around.fileGets(FileCommand.Unlinked.class);
  }

  @Test
  void opensThatAStopHandedOverAreKnownAfterIt() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    created("a", session);
    asking.file("b");
    entity.tell(new VolumeEntity.Stop());
    around.fileGets(FileCommand.Opened.class);
    session.expectTerminated(entity, TestNode.LIMIT);
    around = new Around(node);
    entity = entity(around);
    asking = new Asking(node, entity);
    grant();
    passGrace();

    unlink("b");
    around.file.expectNoMessage(Duration.ZERO);
    unlink("a");

    around.fileGets(FileCommand.Unlinked.class);
  }

  private ReplicaCommand.Delete deleteAsked() {
    return around.replicas.awaitAssert(
        TestNode.LIMIT,
        () -> {
          node.pass(Reaper.COLLECTING);
          return (ReplicaCommand.Delete)
              around.replicas.receiveMessage(Duration.ofMillis(50)).message();
        });
  }

  @Test
  void deletesAreAskedForUntilAnsweredOverRestarts() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    unlink("a");
    asking.<Done>done(r -> new VolumeCommand.ReleaseOrphan(a, r));
    deleteAsked();

    restart();
    deleteAsked().replyTo().tell(Result.failed(Errno.EIO, "disk"));
    restart();
    deleteAsked().replyTo().tell(DONE);

    // The record is gone: nothing keeps the volume, and a third start asks for nothing.
    destroyed();
    restart();
    around.replicas.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void anOrphanIsRemindedOfAfterARestart() {
    ready();
    created("a", node.probe());
    unlink("a");
    around.fileGets(FileCommand.Opened.class);
    around.fileGets(FileCommand.Unlinked.class);

    restart();
    passGrace();

    around.fileGets(FileCommand.Unlinked.class);
  }

  // ---- what clients tell when it has begun anew

  private void reopen(long round, TestProbe<SessionEvent> session, OpenCount... files) {
    Incarnation now = asking.done(VolumeCommand.GetIncarnation::new);
    asking.<Done>done(r -> new VolumeCommand.Reopen(now, round, session.ref(), List.of(files), r));
  }

  private Result<Attributes> attributes(long inode) {
    return asking.ask(r -> new VolumeCommand.GetAttributes(inode, r));
  }

  /** The File entity, asked about a file that lost its name, is told of these opens first. */
  private void fileLearns(FileCommand... opens) {
    List<FileCommand> told = new ArrayList<>();
    do {
      told.add(around.file.receiveMessage(TestNode.LIMIT));
    } while (!(told.getLast() instanceof FileCommand.Unlinked));
    assertThat(told.subList(0, told.size() - 1)).containsExactly(opens);
  }

  @Test
  void eachBeginHasAnotherIncarnationAndKeepsIt() {
    ready();
    Incarnation first = asking.done(VolumeCommand.GetIncarnation::new);
    asking.file("a");
    assertThat(asking.<Incarnation>done(VolumeCommand.GetIncarnation::new)).isEqualTo(first);

    restart();

    assertThat(asking.<Incarnation>done(VolumeCommand.GetIncarnation::new)).isNotEqualTo(first);
    asking.<Done>refused(
        Errno.ESTALE,
        r -> new VolumeCommand.Reopen(first, 1, node.<SessionEvent>probe().ref(), List.of(), r));
  }

  @Test
  void afterABeginAFileThatLosesItsNameStaysUntilClientsHadTimeToTellThatItIsOpen() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    long b = asking.file("b");
    restart();

    unlink("a");
    unlink("b");
    assertThat(attributes(a).orThrow().nlink()).isZero();
    assertThat(attributes(b).orThrow().nlink()).isZero();
    reopen(1, session, new OpenCount(a, 1));
    around.file.expectNoMessage(Duration.ZERO);
    around.replicas.expectNoMessage(Duration.ZERO);

    node.pass(GRACE);

    fileLearns(new FileCommand.Opened(session.ref(), 1));
    deleteAsked();
    failed(Errno.ENOENT, attributes(b));
    assertThat(attributes(a).orThrow().nlink()).isZero();
  }

  @Test
  void whatNobodyHasOpenGoesWhenTheTimeIsOverHoweverManyFilesThatAre() {
    ready();
    for (int i = 0; i < 300; i++) {
      asking.file("f" + i);
    }
    restart();
    for (int i = 0; i < 300; i++) {
      unlink("f" + i);
    }
    assertThat(asking.<VolumeUsage>done(VolumeCommand.GetUsage::new).inodes()).isEqualTo(301);
    int before = events();

    passGrace();

    node.<Done>probe()
        .awaitAssert(
            TestNode.LIMIT,
            () -> {
              VolumeUsage usage = asking.done(VolumeCommand.GetUsage::new);
              assertThat(usage.inodes()).isEqualTo(1);
              return usage;
            });
    assertThat(events() - before).as("commits").isLessThan(20);
    around.file.expectNoMessage(Duration.ZERO);
    deleteAsked();
  }

  @Test
  void aNewVolumeKnowsAtOnceThatNobodyHasAFileOpen() {
    ready();
    long a = asking.file("a");

    unlink("a");

    failed(Errno.ENOENT, attributes(a));
    deleteAsked();
  }

  @Test
  void toTellTheSameAgainCountsNothingTwice() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    restart();

    reopen(1, session, new OpenCount(a, 2));
    reopen(2, session, new OpenCount(a, 2));
    open(a, session);
    reopen(3, session, new OpenCount(a, 3));
    passGrace();
    unlink("a");

    fileLearns(new FileCommand.Opened(session.ref(), 3));
  }

  @Test
  void whatIsToldLateDoesNotOpenWhatWasClosedMeanwhile() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    restart();
    reopen(2, session, new OpenCount(a, 1));
    close(a, session);

    reopen(1, session, new OpenCount(a, 1));
    unlink("a");
    passGrace();

    deleteAsked();
    failed(Errno.ENOENT, attributes(a));
  }

  @Test
  void pagesAddUp() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = asking.file("a");
    long b = asking.file("b");
    restart();

    reopen(1, session, new OpenCount(a, 1));
    reopen(2, session, new OpenCount(b, 1));
    passGrace();

    unlink("a");
    fileLearns(new FileCommand.Opened(session.ref(), 1));
    unlink("b");
    fileLearns(new FileCommand.Opened(session.ref(), 1));
    asking.<Done>refused(
        Errno.EINVAL,
        r ->
            new VolumeCommand.Reopen(
                asking.done(VolumeCommand.GetIncarnation::new),
                3,
                session.ref(),
                Collections.nCopies(VolumeCommand.MAX_REOPENED + 1, new OpenCount(a, 1)),
                r));
  }

  @Test
  void aSessionThatEndsAfterItToldHasNothingOpen() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    restart();
    reopen(1, session, new OpenCount(a, MAX_OPENS));
    unlink("a");

    session.stop();
    // There is room again once its end has been heard of.
    long b = asking.file("b");
    TestProbe<SessionEvent> other = node.probe();
    node.<Done>probe()
        .awaitAssert(
            TestNode.LIMIT,
            () -> {
              entity.tell(
                  new VolumeCommand.OpenFile(
                      b, other.ref(), node.<Result<FileDescription>>probe().ref()));
              around.file.expectNoMessage(Duration.ofMillis(50));
              return DONE;
            });
    passGrace();

    deleteAsked();
    failed(Errno.ENOENT, attributes(a));
  }

  @Test
  void opensThatAStopHandedOverAreNotCountedTwice() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    entity.tell(new VolumeEntity.Stop());
    around.fileGets(FileCommand.Opened.class);
    session.expectTerminated(entity, TestNode.LIMIT);
    around = new Around(node);
    entity = entity(around);
    asking = new Asking(node, entity);
    grant();

    reopen(1, session, new OpenCount(a, 1));
    assertThat(around.fileGets(FileCommand.Reopened.class))
        .isEqualTo(new FileCommand.Reopened(session.ref(), 1));
    // Of two, one is counted here.
    open(a, session);
    reopen(2, session, new OpenCount(a, 2));
    assertThat(around.fileGets(FileCommand.Reopened.class))
        .isEqualTo(new FileCommand.Reopened(session.ref(), 1));
    passGrace();
    unlink("a");

    fileLearns(new FileCommand.Opened(session.ref(), 1));
  }

  @Test
  void theEntityOfAFileThatLostItsNameBeforeLearnsWhoHasItOpen() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = created("a", session);
    unlink("a");
    fileLearns(new FileCommand.Opened(session.ref(), 1));
    restart();

    reopen(1, session, new OpenCount(a, 1));

    assertThat(around.fileGets(FileCommand.Reopened.class))
        .isEqualTo(new FileCommand.Reopened(session.ref(), 1));
    asking.<Done>refused(Errno.EAGAIN, r -> new VolumeCommand.ReleaseOrphan(a, r));
    passGrace();
    fileLearns();
    asking.<Done>done(r -> new VolumeCommand.ReleaseOrphan(a, r));
    deleteAsked();
  }

  @Test
  void aFileWithoutANameThatIsOpenedBeforeTheTimeIsOverIsItsEntitys() {
    ready();
    TestProbe<SessionEvent> session = node.probe();
    long a = asking.file("a");
    restart();
    unlink("a");
    entity.tell(
        new VolumeCommand.OpenFile(a, session.ref(), node.<Result<FileDescription>>probe().ref()));
    around.fileGets(FileCommand.Open.class);

    passGrace();

    fileLearns();
    assertThat(attributes(a).orThrow().nlink()).isZero();
  }

  // ---- removal

  @Test
  void aVolumeIsGoneWhenItsObjectsAre() {
    ready();
    asking.file("a");
    asking.<Done>refused(Errno.EAGAIN, VolumeCommand.Destroy::new);
    ReplicaCommand.Delete delete = deleteAsked();
    asking.<Done>refused(Errno.EBUSY, r -> new VolumeCommand.Initialize(POLICY, r));
    asking.<CreatedFile>refused(Errno.ENOENT, r -> Asking.create("b", r));

    delete.replyTo().tell(DONE);

    destroyed();
    asking.<VolumeUsage>refused(Errno.ENOENT, VolumeCommand.GetUsage::new);
  }

  /** As the DIR does: asks until it is done. */
  private void destroyed() {
    TestProbe<Result<Done>> probe = node.probe();
    probe.awaitAssert(
        TestNode.LIMIT,
        () -> {
          assertThat(asking.<Done>ask(VolumeCommand.Destroy::new)).isEqualTo(DONE);
          return DONE;
        });
  }

  // ---- with a real File entity

  @Test
  void noOldByteShowsAfterACutThatFailedAndALongerOne() {
    ready();
    long a = asking.file("a");
    FileId file = new FileId(partition.volume(), a);
    ActorRef<FileCommand> files =
        node.kit()
            .spawn(
                FileEntity.create(
                    file, around.entities(entity), Duration.ofSeconds(5), () -> new Epoch(1)));
    TestProbe<Result<FileDescription>> answers = node.probe();

    files.tell(new FileCommand.Truncate(0, answers.ref()));
    cut(1, 0).replyTo().tell(Result.failed(Errno.EIO, "disk"));
    failed(Errno.EIO, answers.receiveMessage(TestNode.LIMIT));

    files.tell(new FileCommand.Truncate(8_000, answers.ref()));
    cut(1, 0).replyTo().tell(DONE);
    cut(2, 8_000).replyTo().tell(DONE);

    assertThat(answers.receiveMessage(TestNode.LIMIT).orThrow().attributes().sizeBytes())
        .isEqualTo(8_000);
    node.kill(files);
  }

  private ReplicaCommand.Truncate cut(int epoch, long size) {
    ShardingEnvelope<ReplicaCommand> e = around.replicaGets();
    ReplicaCommand.Truncate t = (ReplicaCommand.Truncate) e.message();
    assertThat(t.truncateEpoch()).isEqualTo(epoch);
    assertThat(t.sizeBytes()).isEqualTo(size);
    return t;
  }
}
