package io.troupe.mrc.volume;

import static io.troupe.mrc.volume.Asking.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.OperationId;
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
import java.util.Optional;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a Volume waits for the disk. No interval ends within the test. */
final class VolumeDurabilityTest {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final VolumePolicy POLICY =
      new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0);
  private static final OsdId OSD = new OsdId(new UUID(7, 1));
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final UUID CLIENT = new UUID(8, 8);

  @TempDir static Path dir;
  private static TestNode node;
  private static int volumes;

  private PartitionId partition;
  private Around around;
  private ActorRef<VolumeCommand> entity;
  private Asking asking;

  @BeforeAll
  static void start() {
    node = TestNode.start(dir, "lsm-journal.store.sync-interval = 1h");
    node.online(OSD);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void another() {
    partition = new PartitionId(new VolumeId(new UUID(5, ++volumes)), 0);
    around = new Around(node);
    entity = node.system().ignoreRef();
    asking = new Asking(node, entity);
  }

  @AfterEach
  void kill() {
    node.kill(entity);
  }

  private void serve(MetadataDurability durability) {
    VolumeSettings settings =
        new VolumeSettings(
            256,
            100,
            100,
            2,
            Duration.ofSeconds(10),
            LEASE,
            Duration.ofSeconds(5),
            10,
            10,
            durability);
    entity =
        node.kit()
            .spawn(
                VolumeEntity.create(
                    partition,
                    settings,
                    around.entities(),
                    node.store(),
                    new ByFreeSpace(),
                    Optional.empty(),
                    Clock.fixed(NOW, ZoneOffset.UTC)));
    asking = new Asking(node, entity);
    LeaseCommand.Acquire asked =
        around.lease.expectMessageClass(LeaseCommand.Acquire.class, TestNode.LIMIT);
    asked
        .replyTo()
        .tell(new LeaseReply.Granted(CellId.ofPartition(partition), new Epoch(3), NOW.plus(LEASE)));
    asking.<Done>done(r -> new VolumeCommand.Initialize(POLICY, r));
  }

  private void serveAgain(MetadataDurability durability) {
    node.kill(entity);
    serve(durability);
  }

  private static long syncs() {
    return node.store().stats().syncs();
  }

  private static long commits() {
    return node.store().stats().commits();
  }

  private void sync() {
    asking.<Done>done(VolumeCommand.Sync::new);
  }

  private static VolumeCommand.ReportSize report(
      long inode, long size, ActorRef<Result<Attributes>> replyTo) {
    return new VolumeCommand.ReportSize(inode, 0, size, new FileTime(9, 0), false, replyTo);
  }

  @Test
  void changesAtAnIntervalAreAnsweredWithoutASync() {
    serve(MetadataDurability.INTERVAL);
    long file = asking.file("first"); // has the numbers of earlier starts passed over
    long before = syncs();

    asking.file("a");
    asking.<Attributes>done(r -> report(file, 10, r));
    asking.<Done>done(r -> new VolumeCommand.Unlink(ROOT, Name.of("a"), r));

    assertThat(syncs()).isEqualTo(before);
    assertThat(asking.lookup("first")).isInstanceOf(Result.Ok.class);
  }

  @Test
  void aSyncIsOneCommitHoweverMuchIsBeforeItAndNoneWhereNothingIs() {
    serve(MetadataDurability.INTERVAL);
    for (int i = 0; i < 5; i++) {
      asking.file("f" + i);
    }
    long syncs = syncs();

    sync();
    assertThat(syncs()).isEqualTo(syncs + 1);

    long commits = commits();
    sync();
    assertThat(syncs()).isEqualTo(syncs + 1);
    assertThat(commits()).isEqualTo(commits);

    asking.file("g");
    sync();
    assertThat(syncs()).isEqualTo(syncs + 2);
  }

  @Test
  void aSyncWaitsForTheBatchBeforeIt() {
    serve(MetadataDurability.INTERVAL);
    asking.file("first");
    long syncs = syncs();
    TestProbe<Result<CreatedFile>> made = node.probe();
    TestProbe<Result<Done>> synced = node.probe();

    entity.tell(Asking.create("a", made.ref()));
    entity.tell(Asking.create("b", made.ref()));
    entity.tell(new VolumeCommand.Sync(synced.ref()));

    assertThat(synced.receiveMessage(TestNode.LIMIT)).isEqualTo(Result.ok(Done.DONE));
    assertThat(syncs()).isEqualTo(syncs + 1);
    assertThat(made.receiveSeveralMessages(2, Duration.ZERO)).hasSize(2);
  }

  @Test
  void aChangeThatAnFsyncNeedsIsSynced() {
    serve(MetadataDurability.INTERVAL);
    long file = asking.file("f");
    long syncs = syncs();

    asking.<Attributes>done(
        r ->
            new VolumeCommand.Once(
                new OperationId(CLIENT, 1, 1), new VolumeCommand.Durable(report(file, 10, r))));
    assertThat(syncs()).isEqualTo(syncs + 1);

    // The report changes nothing any more, but what is before it has to get there all the same.
    asking.file("g");
    asking.<Attributes>done(r -> new VolumeCommand.Durable(report(file, 10, r)));
    assertThat(syncs()).isEqualTo(syncs + 2);
  }

  @Test
  void whatOsdsActOnIsSynced() {
    serve(MetadataDurability.INTERVAL);
    long file = asking.file("f");
    long syncs = syncs();

    FileDescription cut =
        asking.<FileDescription>done(r -> new VolumeCommand.BeginTruncate(file, 0, r));
    assertThat(syncs()).isEqualTo(syncs + 1);
    asking.<Attributes>done(
        r -> new VolumeCommand.EndTruncate(file, cut.attributes().truncateEpoch(), r));
    assertThat(syncs()).isEqualTo(syncs + 1);

    asking.<Done>done(r -> new VolumeCommand.Unlink(ROOT, Name.of("f"), r));
    assertThat(syncs()).isEqualTo(syncs + 1);
    around.replicas.awaitAssert(
        TestNode.LIMIT,
        () -> {
          node.pass(Reaper.COLLECTING);
          return around.replicas.receiveMessage(Duration.ofMillis(50));
        });
    assertThat(syncs()).isEqualTo(syncs + 2);
  }

  @Test
  void anInodeNumberThatMayHaveBeenLostIsNotUsedAgain() {
    serve(MetadataDurability.INTERVAL);
    long first = asking.file("a");

    serveAgain(MetadataDurability.INTERVAL);
    long second = asking.file("b");
    assertThat(second).isGreaterThan(first + 1_000_000);
    assertThat(asking.file("c")).isEqualTo(second + 1);

    // The last numbers may have been lost before the setting was changed; later ones are not.
    serveAgain(MetadataDurability.ALWAYS);
    long third = asking.file("d");
    assertThat(third).isGreaterThan(second + 1_000_000);
    serveAgain(MetadataDurability.ALWAYS);
    assertThat(asking.file("e")).isEqualTo(third + 1);
  }

  @Test
  void numbersArePassedOverOnTheDiskBeforeAnyIsGivenAway() {
    serve(MetadataDurability.INTERVAL);
    sync();
    long syncs = syncs();

    // Initialize, which found the volume there, came first, and took the numbers along.
    serveAgain(MetadataDurability.INTERVAL);
    assertThat(syncs()).isEqualTo(syncs + 1);
    asking.file("a");
    assertThat(syncs()).isEqualTo(syncs + 1);
  }

  @Test
  void everyChangeIsSyncedWhereThatIsTheSettingAndASyncCostsNothing() {
    serve(MetadataDurability.ALWAYS);
    long first = asking.file("a");
    long syncs = syncs();
    long commits = commits();

    assertThat(asking.file("b")).isEqualTo(first + 1);
    asking.<Attributes>done(r -> report(first, 10, r));
    assertThat(syncs()).isEqualTo(syncs + 2);
    assertThat(commits()).isEqualTo(commits + 2);

    sync();
    assertThat(syncs()).isEqualTo(syncs + 2);
    assertThat(commits()).isEqualTo(commits + 2);

    serveAgain(MetadataDurability.ALWAYS);
    assertThat(commits()).isEqualTo(commits + 2);
    assertThat(asking.file("c")).isEqualTo(first + 2);
  }
}
