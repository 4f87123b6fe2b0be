package io.troupe.sharding.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.lsm.pekko.LsmPluginConfig;
import io.troupe.sharding.group.Mastership;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DIR over the real store; the volumes that it asks are the test. */
final class DirectoryEntityTest {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final Duration QUIET = Duration.ofMillis(100);
  private static final VolumePolicy POLICY =
      new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0);

  @TempDir Path dir;
  private ActorTestKit kit;
  private TestProbe<VolumeCommand> volumes;
  private ActorRef<DirectoryCommand> directory;

  @BeforeEach
  void start() {
    kit =
        ActorTestKit.create(
            "directory",
            LsmPluginConfig.forDirectory(dir)
                .withFallback(
                    ConfigFactory.parseString(
                        "lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB,"
                            + " reserve = 8MiB }"))
                .withFallback(ConfigFactory.load()));
    volumes = kit.createTestProbe(VolumeCommand.class);
    directory =
        kit.spawn(
            DirectoryEntity.create(
                (partition, command) -> volumes.ref().tell(command),
                new DirectoryLimits(Duration.ofMinutes(1), Duration.ofDays(1), 100),
                Clock.systemUTC()));
    register();
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private void register() {
    TestProbe<DirectoryView> probe = kit.createTestProbe(DirectoryView.class);
    directory.tell(
        new DirectoryCommand.Heartbeat(
            new ServiceRecord(
                new NodeId(new UUID(0, 1)),
                List.of(Role.MRC, Role.OSD),
                "h:1",
                Optional.empty(),
                1_000,
                10),
            probe.ref()));
    assertThat(probe.receiveMessage(LIMIT).services()).hasSize(1);
  }

  private DirectoryView view() {
    TestProbe<DirectoryView> probe = kit.createTestProbe(DirectoryView.class);
    directory.tell(new DirectoryCommand.GetView(probe.ref()));
    return probe.receiveMessage(LIMIT);
  }

  private TestProbe<Result<VolumeRecord>> create(String name) {
    TestProbe<Result<VolumeRecord>> creator = kit.createTestProbe();
    directory.tell(new DirectoryCommand.CreateVolume(name, POLICY, 1, creator.ref()));
    return creator;
  }

  private TestProbe<Result<Done>> remove(String name) {
    TestProbe<Result<Done>> remover = kit.createTestProbe();
    directory.tell(new DirectoryCommand.RemoveVolume(name, remover.ref()));
    return remover;
  }

  private <T extends VolumeCommand> T asked(Class<T> type) {
    VolumeCommand next = volumes.receiveMessage(LIMIT);
    while (!type.isInstance(next)) {
      next = volumes.receiveMessage(LIMIT);
    }
    return type.cast(next);
  }

  private void made(String name) {
    TestProbe<Result<VolumeRecord>> creator = create(name);
    asked(VolumeCommand.Initialize.class).replyTo().tell(Result.ok(Done.DONE));
    assertThat(creator.receiveMessage(LIMIT).orThrow().state())
        .isEqualTo(VolumeRecord.State.ACTIVE);
  }

  @Test
  void aLateAnswerToInitializeRemovesNothing() {
    TestProbe<Result<VolumeRecord>> creator = create("v");
    VolumeCommand.Initialize initialize = asked(VolumeCommand.Initialize.class);
    TestProbe<Result<Done>> remover = remove("v");
    VolumeCommand.Destroy destroy = asked(VolumeCommand.Destroy.class);

    initialize.replyTo().tell(Result.ok(Done.DONE));

    remover.expectNoMessage(QUIET);
    assertThat(view().volume("v").orElseThrow().state()).isEqualTo(VolumeRecord.State.REMOVING);
    assertThat(creator.receiveMessage(LIMIT))
        .isInstanceOfSatisfying(
            Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.ENOENT));
    destroy.replyTo().tell(Result.ok(Done.DONE));
    assertThat(remover.receiveMessage(LIMIT)).isEqualTo(Result.ok(Done.DONE));
    assertThat(view().volumes()).isEmpty();
    creator.expectNoMessage(QUIET);
  }

  @Test
  void everyRemoverIsAnsweredOnceAndTooManyAreRefused() {
    made("v");
    List<TestProbe<Result<Done>>> removers =
        java.util.stream.IntStream.range(0, Askers.MAX_PER_VOLUME)
            .mapToObj(i -> remove("v"))
            .toList();

    assertThat(remove("v").receiveMessage(LIMIT))
        .isInstanceOfSatisfying(
            Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.EAGAIN));
    VolumeCommand.Destroy destroy = asked(VolumeCommand.Destroy.class);
    destroy.replyTo().tell(Result.ok(Done.DONE));

    for (TestProbe<Result<Done>> remover : removers) {
      assertThat(remover.receiveMessage(LIMIT)).isEqualTo(Result.ok(Done.DONE));
    }
    removers.getFirst().expectNoMessage(QUIET);
  }

  @Test
  void aRestartGoesOnWhereItWasAndGivesOutNewerViews() {
    made("stays");
    TestProbe<Result<Done>> unanswered = remove("stays");
    asked(VolumeCommand.Destroy.class);
    unanswered.expectNoMessage(QUIET);
    DirectoryView before = view();

    stop();
    start();

    DirectoryView after = view();
    assertThat(after.version()).isGreaterThan(before.version());
    assertThat(after.volumes()).isEqualTo(before.volumes());
    TestProbe<Result<Done>> remover = remove("stays");
    asked(VolumeCommand.Destroy.class).replyTo().tell(Result.ok(Done.DONE));
    assertThat(remover.receiveMessage(LIMIT)).isEqualTo(Result.ok(Done.DONE));
    assertThat(view().volumes()).isEmpty();
  }

  private static Mastership under(long epoch) {
    return new Mastership(new Epoch(epoch), Instant.MAX);
  }

  private Result<VolumeRecord> refusal() {
    return create("refused").receiveMessage(LIMIT);
  }

  private ActorRef<DirectoryCommand> member(AtomicReference<Mastership> mastership) {
    return kit.spawn(
        DirectoryEntity.create(
            (partition, command) -> volumes.ref().tell(command),
            new DirectoryLimits(Duration.ofMinutes(1), Duration.ofDays(1), 100),
            mastership::get,
            Clock.systemUTC()));
  }

  @Test
  void oneOfSeveralServesAsLongAsItsMastershipLasts() {
    AtomicReference<Mastership> mastership = new AtomicReference<>(Mastership.NONE);
    kit.stop(directory);
    directory = member(mastership);
    assertThat(refusal()).isInstanceOf(Result.Failed.class);

    mastership.set(under(7));
    directory.tell(new DirectoryEntity.Begin());
    register();
    made("v");
    DirectoryView before = view();

    mastership.set(new Mastership(new Epoch(7), Instant.EPOCH));
    assertThat(refusal()).isInstanceOf(Result.Failed.class);
    TestProbe<DirectoryView> unanswered = kit.createTestProbe(DirectoryView.class);
    directory.tell(new DirectoryCommand.GetView(unanswered.ref()));
    unanswered.expectNoMessage(QUIET);

    mastership.set(under(7));
    assertThat(view().version().incarnation()).isEqualTo(before.version().incarnation());

    mastership.set(under(8));
    directory.tell(new DirectoryEntity.Begin());
    kit.createTestProbe().expectTerminated(directory, LIMIT);
    directory = member(mastership);
    DirectoryView after = view();
    assertThat(after.version().incarnation()).isGreaterThan(before.version().incarnation());
    assertThat(after.volumes()).isEqualTo(before.volumes());
    assertThat(after.services()).allMatch(ServiceStatus::online);
  }

  @Test
  void theSizeOfTheStateIsNotUnderestimated() {
    String text = "x".repeat(50);
    DirectoryState state = DirectoryState.EMPTY;
    for (int n = 0; n < 50; n++) {
      NodeId node = new NodeId(UUID.randomUUID());
      state =
          state
              .with(
                  new ServiceRecord(
                      node,
                      List.of(Role.values()),
                      text,
                      Optional.of(new StreamEndpoint(text, text, text)),
                      Long.MAX_VALUE,
                      Long.MAX_VALUE))
              .with(
                  new VolumeRecord(
                      new VolumeId(UUID.randomUUID()),
                      text,
                      new VolumePolicy(new StripingPolicy(1 << 20, 256), 0777, -1, -1),
                      List.of(node, node, node),
                      VolumeRecord.State.REMOVING));
    }

    byte[] serialized =
        SerializationExtension.get(kit.system().classicSystem()).serialize(state).get();

    assertThat(state.sizeBytes()).isBetween((long) serialized.length, 2L * serialized.length);
  }
}
