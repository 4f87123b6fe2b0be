package io.troupe.mrc.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.mrc.Around;
import io.troupe.mrc.TestNode;
import io.troupe.mrc.namespace.MapRecords;
import io.troupe.mrc.namespace.Namespace;
import io.troupe.mrc.namespace.NamespaceChange;
import io.troupe.mrc.namespace.Overlay;
import io.troupe.sharding.EntityIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reaper over records in memory, between a Volume and OSDs that answer what the test says. */
final class ReaperTest {
  private static final Duration TICK = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final VolumeSettings SETTINGS =
      new VolumeSettings(256, 100, 100, 2, TICK, Duration.ofSeconds(15), TIMEOUT, 10, 10);
  private static final OsdId FIRST = new OsdId(new UUID(7, 1));
  private static final OsdId SECOND = new OsdId(new UUID(7, 2));
  private static final PartitionId PARTITION = new PartitionId(new VolumeId(new UUID(3, 3)), 0);
  private static final Result<Done> DONE = Result.ok(Done.DONE);

  @TempDir static Path dir;
  private static TestNode node;

  private final MapRecords records = new MapRecords();
  private Around around;
  private ActorRef<Reaper.Command> reaper;
  private int names;

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
    node.online(FIRST, SECOND);
    reaper = reaper(SETTINGS);
    change(n -> n.initialize(new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0)));
  }

  private ActorRef<Reaper.Command> reaper(VolumeSettings settings) {
    return node.kit()
        .spawn(
            Reaper.create(
                PARTITION,
                new Namespace(PARTITION, records),
                around.volume.ref(),
                around.entities(),
                settings));
  }

  @AfterEach
  void kill() {
    node.kill(reaper);
  }

  private void change(Consumer<NamespaceChange> operation, OsdId... osds) {
    Overlay overlay = new Overlay(records);
    StripingPolicy striping = new StripingPolicy(4096, Math.max(1, osds.length));
    XLocSet on =
        new XLocSet(
            1,
            List.of(
                new ReplicaLocation(striping, osds.length == 0 ? List.of(FIRST) : List.of(osds))));
    operation.accept(
        new NamespaceChange(PARTITION, overlay, FileTime.EPOCH, inode -> Result.ok(on)));
    records.commit(overlay);
  }

  /** A file that lost its name; it may be open. */
  private long orphan(OsdId... osds) {
    long[] inode = new long[1];
    change(
        n -> {
          Name name = Name.of("f" + ++names);
          inode[0] =
              n.createFile(FileId.ROOT_INODE, name, 0644, Caller.ROOT, true)
                  .orThrow()
                  .file()
                  .attributes()
                  .inode();
          n.unlink(FileId.ROOT_INODE, name).orThrow();
        },
        osds);
    return inode[0];
  }

  /** A file whose objects are to be deleted. */
  private long garbage(OsdId... osds) {
    long inode = orphan(osds);
    change(n -> n.releaseOrphan(inode).orThrow());
    return inode;
  }

  /** The next replica asked to delete is that one. */
  private ReplicaCommand.Delete asked(OsdId osd, long inode) {
    ShardingEnvelope<ReplicaCommand> e = around.replicaGets();
    assertThat(e.entityId())
        .isEqualTo(EntityIds.replica(osd, new FileId(PARTITION.volume(), inode)));
    return (ReplicaCommand.Delete) e.message();
  }

  private void reaped(long inode) {
    assertThat(around.volume.receiveMessage(TestNode.LIMIT))
        .isEqualTo(new VolumeEntity.Reaped(inode));
    change(n -> n.removeGarbage(inode));
  }

  /** Lets the reaper handle all that it was sent, and shows that it asked for nothing. */
  private void askedNothing() {
    around.replicas.expectNoMessage(Duration.ofMillis(50));
  }

  private void begin() {
    reaper.tell(new Reaper.Begin());
  }

  @Test
  void aRecordGoesWhenAllReplicasHaveAnswered() {
    long file = garbage(FIRST, SECOND);
    begin();
    ReplicaCommand.Delete first = asked(FIRST, file);
    ReplicaCommand.Delete second = asked(SECOND, file);

    second.replyTo().tell(DONE);
    around.volume.expectNoMessage(Duration.ofMillis(50));
    first.replyTo().tell(DONE);

    reaped(file);
  }

  @Test
  void garbageThatItIsToldOfIsDeletedWhenMoreHadTimeToCome() {
    begin();
    askedNothing();
    long file = garbage(FIRST);

    reaper.tell(new Reaper.Discarded(new Namespace(PARTITION, records).garbage(0, 10)));
    askedNothing();
    node.pass(Reaper.COLLECTING);

    asked(FIRST, file).replyTo().tell(DONE);
    reaped(file);
  }

  @Test
  void whereChangesDoNotWaitForTheDiskNothingIsDeletedBeforeItsRecordIsThere() {
    kill();
    reaper =
        reaper(
            new VolumeSettings(
                256,
                100,
                100,
                2,
                TICK,
                Duration.ofSeconds(15),
                TIMEOUT,
                10,
                10,
                MetadataDurability.INTERVAL));
    begin();
    long first = garbage(FIRST);
    reaper.tell(new Reaper.Discarded(new Namespace(PARTITION, records).garbage(0, 10)));
    askedNothing();
    node.pass(Reaper.COLLECTING);
    settles();
    askedNothing();

    // What comes while the disk is waited for waits for the next time.
    long second = garbage(FIRST);
    reaper.tell(new Reaper.Discarded(new Namespace(PARTITION, records).garbage(first, 10)));
    node.pass(Reaper.COLLECTING);
    askedNothing();
    reaper.tell(new Reaper.Settled(true));
    asked(FIRST, first).replyTo().tell(DONE);
    askedNothing();

    // Nobody knows whether it is there: that is found out later.
    settles();
    reaper.tell(new Reaper.Settled(false));
    reaped(first);
    askedNothing();
    node.pass(TICK);
    settles();
    reaper.tell(new Reaper.Settled(true));
    asked(FIRST, second).replyTo().tell(DONE);
    reaped(second);
  }

  private void settles() {
    assertThat(around.volume.receiveMessage(TestNode.LIMIT)).isEqualTo(new VolumeEntity.Settle());
  }

  @Test
  void enoughGarbageIsDeletedAtOnce() {
    begin();
    askedNothing();
    long first = garbage(FIRST);
    reaper.tell(new Reaper.Discarded(new Namespace(PARTITION, records).garbage(0, 10)));
    long second = garbage(FIRST);

    reaper.tell(new Reaper.Discarded(new Namespace(PARTITION, records).garbage(first, 10)));

    asked(FIRST, first);
    asked(FIRST, second);
  }

  @Test
  void aDeleteThatOneReplicaRefusedIsAskedAgainOfAll() {
    long file = garbage(FIRST, SECOND);
    begin();
    asked(FIRST, file).replyTo().tell(DONE);
    asked(SECOND, file).replyTo().tell(Result.failed(Errno.EIO, "disk"));
    askedNothing();

    node.pass(TICK);

    asked(FIRST, file).replyTo().tell(DONE);
    asked(SECOND, file).replyTo().tell(DONE);
    reaped(file);
  }

  @Test
  void aDeleteThatWasNotAnsweredIsAskedAgain() {
    long file = garbage(FIRST);
    begin();
    asked(FIRST, file);

    node.pass(TIMEOUT);
    askedNothing();
    node.pass(TICK.minus(TIMEOUT));

    asked(FIRST, file).replyTo().tell(DONE);
    reaped(file);
  }

  @Test
  void anOsdThatIsAwayIsAskedOnceItIsBack() {
    node.online(FIRST);
    long there = garbage(FIRST);
    long away = garbage(SECOND);
    begin();
    asked(FIRST, there).replyTo().tell(DONE);
    reaped(there);
    askedNothing();

    node.pass(TICK);
    askedNothing();
    node.online(FIRST, SECOND);
    node.pass(TICK);

    asked(SECOND, away).replyTo().tell(DONE);
    reaped(away);
  }

  @Test
  void aBoundedNumberIsUnderWayAtATime() {
    List<Long> files = List.of(garbage(), garbage(), garbage(), garbage());
    begin();
    ReplicaCommand.Delete first = asked(FIRST, files.get(0));
    asked(FIRST, files.get(1));
    askedNothing();

    first.replyTo().tell(DONE);
    reaped(files.get(0));

    asked(FIRST, files.get(2));
    askedNothing();
  }

  @Test
  void whatIsUnderWayIsNotAskedTwice() {
    long file = garbage();
    begin();
    asked(FIRST, file);

    reaper.tell(new Reaper.Rescan());
    reaper.tell(new Reaper.Discarded(new Namespace(PARTITION, records).garbage(0, 10)));

    askedNothing();
  }

  @Test
  void garbageIsFoundAfterARestart() {
    long file = garbage();
    begin();
    asked(FIRST, file);
    node.kill(reaper);

    spawn();
    begin();

    asked(FIRST, file).replyTo().tell(DONE);
    reaped(file);
  }

  @Test
  void tenThousandFilesOfAnAbsentOsdHoldUpNobody() {
    node.online(FIRST);
    for (int i = 0; i < 10_000; i++) {
      garbage(SECOND);
    }
    long there = garbage(FIRST);
    begin();

    // It is looked for when all before it have been looked at, which may take more than a moment.
    ShardingEnvelope<ReplicaCommand> asked =
        around.replicas.awaitAssert(
            TestNode.LIMIT,
            () -> {
              node.pass(TICK);
              return around.replicas.receiveMessage(Duration.ofMillis(50));
            });
    assertThat(asked.entityId())
        .isEqualTo(EntityIds.replica(FIRST, new FileId(PARTITION.volume(), there)));
    ((ReplicaCommand.Delete) asked.message()).replyTo().tell(DONE);
    reaped(there);

    // Those of the absent one are not forgotten.
    node.online(FIRST, SECOND);
    node.pass(TICK);
    assertThat(around.replicaGets().entityId()).startsWith(SECOND.toString());
  }

  @Test
  void filesWithoutANameAreRemindedOfAgainAndAgain() {
    TestProbe<VolumeCommand> volume = around.volume;
    orphan();
    orphan();

    begin();
    reaper.tell(new Reaper.OpensKnown());
    volume.receiveSeveralMessages(2, TestNode.LIMIT);
    node.pass(TICK);
    volume.receiveSeveralMessages(2, TestNode.LIMIT);

    volume.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void filesWithoutANameAreLeftAloneUntilItIsKnownWhoHasThemOpen() {
    long orphan = orphan();
    long file = garbage(FIRST);
    begin();
    asked(FIRST, file).replyTo().tell(DONE);
    reaped(file);
    node.pass(TICK);
    around.volume.expectNoMessage(Duration.ofMillis(50));

    reaper.tell(new Reaper.OpensKnown());

    assertThat(around.volume.receiveMessage(TestNode.LIMIT))
        .isEqualTo(new VolumeEntity.Nameless(orphan));
  }

  @Test
  void allOfManyFilesWithoutANameAreRemindedOfInTurn() {
    for (int i = 0; i < 1_500; i++) {
      orphan();
    }

    begin();
    reaper.tell(new Reaper.OpensKnown());
    around.volume.receiveSeveralMessages(1_000, TestNode.LIMIT);
    node.pass(TICK);
    around.volume.receiveSeveralMessages(500, TestNode.LIMIT);
    around.volume.expectNoMessage(Duration.ofMillis(20));
    node.pass(TICK);
    around.volume.receiveSeveralMessages(1_000, TestNode.LIMIT);
  }
}
