package io.troupe.gateway.fs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.BoundedIo;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.io.StripedIo;
import io.troupe.gateway.ports.Mrc;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class VolumeFileSystemTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final SimTimer sim = new SimTimer(1);
  private final SimCluster cluster = new SimCluster(sim);
  private final Patience patience = new Patience(sim, TIMEOUT);
  private final VolumeFileSystem fs = fileSystem(MetadataDurability.ALWAYS);

  private VolumeFileSystem fileSystem(MetadataDurability durability) {
    return new VolumeFileSystem(
        new VolumeId(new UUID(0, 1)),
        cluster,
        new Mrc(cluster, patience, durability),
        new StripedIo(new BoundedIo(cluster, patience)),
        patience,
        TestInbox.<SessionEvent>create().getRef(),
        sim);
  }

  private <T> Result<T> of(CompletionStage<Result<T>> stage) {
    sim.run();
    return stage.toCompletableFuture().getNow(Result.failed(Errno.ENOSYS, "not done"));
  }

  private long open() {
    return of(fs.open(SimCluster.INODE, false)).orThrow().handle();
  }

  private Result<Integer> write(long handle, int offset, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    return of(fs.write(handle, offset, MemorySegment.ofArray(bytes), false));
  }

  private static void assertFails(Result<?> r, Errno errno) {
    assertThat(r)
        .isInstanceOfSatisfying(Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(errno));
  }

  private long sizeSeen() {
    return of(fs.getAttributes(SimCluster.INODE)).orThrow().sizeBytes();
  }

  @Test
  void whatARefusedReleaseLeavesBehindIsFlushedLater() {
    long handle = open();
    write(handle, 0, 5000);
    cluster.osds.get(0).broken = true;

    assertFails(of(fs.release(handle)), Errno.EIO);
    assertThat(sizeSeen()).isEqualTo(5000);
    assertFails(of(fs.flush(handle)), Errno.EBADF);

    cluster.osds.get(0).broken = false;
    fs.report();
    sim.run();
    assertThat(cluster.durableAt(0)).isEqualTo((byte) 7);
    assertThat(cluster.size).isEqualTo(5000);
    fs.close();
    assertThat(fs.isDone()).isTrue();
  }

  @Test
  void whatCannotBeFlushedForMinutesIsGivenUpAloud() {
    Logger logger = (Logger) LoggerFactory.getLogger(OpenFiles.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      long handle = open();
      write(handle, 0, 5000);
      cluster.osds.get(0).broken = true;
      assertFails(of(fs.release(handle)), Errno.EIO);
      fs.close();

      fs.report();
      sim.run();
      assertThat(fs.isDone()).isFalse();
      sim.pass(OpenFiles.KEPT_UNFLUSHED.plusSeconds(1));
      fs.report();
      sim.run();

      assertThat(fs.isDone()).isTrue();
      assertThat(log.list)
          .singleElement()
          .satisfies(e -> assertThat(e.getFormattedMessage()).contains(":9 size=5000"));
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void aFileOpenedAgainTakesOverWhatWasNotFlushed() {
    long handle = open();
    write(handle, 0, 5000);
    cluster.osds.get(0).broken = true;
    of(fs.release(handle));
    cluster.osds.get(0).broken = false;

    long again = open();
    of(fs.flush(again));

    assertThat(cluster.durableAt(0)).isEqualTo((byte) 7);
    assertThat(cluster.size).isEqualTo(5000);
  }

  @Test
  void aWriteThatFailsOnOneOsdAdvancesNoSizeAndIsSyncedOnTheOthers() {
    long handle = open();
    cluster.osds.get(1).broken = true;

    assertFails(write(handle, 0, 3 * 4096), Errno.EIO);
    assertThat(sizeSeen()).isZero();
    assertFails(of(fs.flush(handle)), Errno.EIO);

    cluster.osds.get(1).broken = false;
    of(fs.flush(handle)).orThrow();
    assertThat(cluster.durableAt(0)).isEqualTo((byte) 7);
    assertThat(cluster.durableAt(2 * 4096)).isEqualTo((byte) 7);
    assertThat(cluster.size).isZero();
  }

  @Test
  void aWriteWaitsForACutThatOsdsMayNotHaveMade() {
    long handle = open();
    cluster.cutsHeld = true;
    var unused = cluster.truncate(0);
    sim.run();
    assertThat(sizeSeen()).isZero();

    var write = fs.write(handle, 0, MemorySegment.ofArray(new byte[] {7}), false);
    sim.run();
    assertThat(write.toCompletableFuture()).isNotDone();
    cluster.held.forEach(Runnable::run);

    of(write).orThrow();
    of(fs.flush(handle)).orThrow();
    assertThat(cluster.durableAt(0)).isEqualTo((byte) 7);
    assertThat(cluster.size).isEqualTo(1);
  }

  @Test
  void aNewerXLocSetIsTakenFromADescription() {
    long handle = open();
    cluster.xlocs = new XLocSet(2, cluster.xlocs.replicas());
    open();

    write(handle, 0, 1);
    assertThat(cluster.viewVersion).isEqualTo(2);

    cluster.xlocs = new XLocSet(3, cluster.xlocs.replicas());
    of(fs.truncate(SimCluster.INODE, 0)).orThrow();
    write(handle, 0, 1);
    assertThat(cluster.viewVersion).isEqualTo(3);
  }

  @Test
  void aBusyOsdIsWaitedForUntilTheRequestTimeout() {
    long handle = open();
    cluster.busyPercent = 100;
    long begun = sim.nanos();

    assertFails(write(handle, 0, 1), Errno.EIO);
    assertThat(Duration.ofNanos(sim.nanos() - begun)).isBetween(TIMEOUT.minusMillis(500), TIMEOUT);

    cluster.busyPercent = 50;
    write(handle, 0, 1).orThrow();
    of(fs.flush(handle)).orThrow();
  }

  @Test
  void whoeverAsksForAFlushWhileOneWaitsGetsTheSame() {
    long handle = open();
    write(handle, 0, 1);
    var running = fs.flush(handle);
    var next = fs.flush(handle);

    assertThat(fs.flush(handle)).isSameAs(next).isNotSameAs(running);
    sim.run();
    assertThat(next.toCompletableFuture()).isDone();
  }

  @Test
  void anUnlinkComesBehindTheClosesBeforeIt() {
    long handle = open();
    long another = open();
    var first = fs.release(handle);
    var second = fs.release(another);
    assertThat(first.toCompletableFuture()).isDone();
    assertThat(second.toCompletableFuture()).isDone();
    cluster.asked.clear();

    var unlinked = fs.unlink(1, Name.of("f"));

    assertThat(cluster.asked)
        .satisfiesExactly(
            c ->
                assertThat(c)
                    .isInstanceOfSatisfying(
                        VolumeCommand.CloseFiles.class,
                        closes ->
                            assertThat(closes.inodes())
                                .containsExactly(SimCluster.INODE, SimCluster.INODE)),
            c -> assertThat(c).isInstanceOf(VolumeCommand.Unlink.class));
    of(unlinked).orThrow();
    assertThat(cluster.deleted).isTrue();
  }

  @Test
  void aClosedVolumeReleasesItsFilesAndOpensNoMore() {
    long handle = open();
    write(handle, 0, 1);

    fs.close();
    sim.run();

    assertThat(fs.isDone()).isTrue();
    assertThat(cluster.opens).isZero();
    assertThat(cluster.size).isEqualTo(1);
    assertFails(of(fs.open(SimCluster.INODE, false)), Errno.EIO);
    assertThat(cluster.opens).isZero();
  }

  @Test
  void directoriesAreSyncedWhereTheMrcDoesNotByItself() {
    of(fs.fsyncDirectory(1)).orThrow();
    assertThat(cluster.asked).isEmpty();

    of(fileSystem(MetadataDurability.INTERVAL).fsyncDirectory(1)).orThrow();
    assertThat(cluster.asked).hasExactlyElementsOfTypes(VolumeCommand.Sync.class);
  }

  @Test
  void aSyncOfTheVolumeFlushesOpenFilesFirst() {
    VolumeFileSystem lazy = fileSystem(MetadataDurability.INTERVAL);
    long handle = of(lazy.open(SimCluster.INODE, false)).orThrow().handle();
    byte[] bytes = new byte[5000];
    Arrays.fill(bytes, (byte) 7);
    of(lazy.write(handle, 0, MemorySegment.ofArray(bytes), false)).orThrow();

    of(lazy.sync()).orThrow();

    assertThat(cluster.durableAt(4999)).isEqualTo((byte) 7);
    assertThat(cluster.size).isEqualTo(5000);
    assertThat(cluster.asked.getLast()).isInstanceOf(VolumeCommand.Sync.class);
    cluster.osds.get(0).broken = true;
    of(lazy.write(handle, 0, MemorySegment.ofArray(bytes), false));
    assertFails(of(lazy.sync()), Errno.EIO);
  }

  // ---- the MRC began anew

  private void tick() {
    fs.report();
    sim.run();
  }

  @Test
  void theMrcIsAskedForItsIncarnationWhileSomethingIsOpenAndNotWhenNothingIs() {
    tick();
    assertThat(cluster.asked).isEmpty();
    long handle = open();
    assertThat(cluster.asked.getFirst()).isInstanceOf(VolumeCommand.GetIncarnation.class);
    cluster.asked.clear();

    tick();
    tick();
    assertThat(cluster.asked)
        .hasExactlyElementsOfTypes(
            VolumeCommand.GetIncarnation.class, VolumeCommand.GetIncarnation.class);

    of(fs.release(handle));
    cluster.asked.clear();
    tick();
    assertThat(cluster.asked).isEmpty();
  }

  @Test
  void aVolumeThatBeganAnewIsToldWhatIsOpen() {
    long handle = open();
    open();
    cluster.restartMrc();

    tick();

    assertThat(cluster.opens).isEqualTo(2);
    of(fs.release(handle));
    of(fs.unlink(1, Name.of("f"))).orThrow();
    assertThat(cluster.opens).isEqualTo(1);
    assertThat(cluster.deleted).isFalse();
  }

  @Test
  void whatWasNotAcknowledgedIsToldAgain() {
    open();
    cluster.restartMrc();
    tick();
    cluster.restartMrc();
    cluster.lossPercent = 100;
    tick();
    tick();
    assertThat(cluster.opens).isBetween(0, 1);

    cluster.lossPercent = 0;
    tick();
    tick();

    assertThat(cluster.opens).isEqualTo(1);
    cluster.asked.clear();
    tick();
    assertThat(cluster.asked).hasExactlyElementsOfTypes(VolumeCommand.GetIncarnation.class);
  }
}
