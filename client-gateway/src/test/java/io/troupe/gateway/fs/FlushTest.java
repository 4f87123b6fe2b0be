package io.troupe.gateway.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.Synced;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.ports.Mrc;
import io.troupe.gateway.ports.NoCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

final class FlushTest {
  private static final OsdId ONE = new OsdId(new UUID(1, 1));
  private static final OsdId TWO = new OsdId(new UUID(1, 2));
  private static final FileTime TIME = new FileTime(10, 0);

  private static final Attributes ATTRIBUTES =
      new Attributes(9, 0100644, 1, 0, 0, 0, 0, 0, TIME, TIME, TIME);

  private final Osds osds = new Osds();
  private final OpenInode open =
      new OpenInode(
          new FileId(new VolumeId(new UUID(0, 1)), 9),
          new FileDescription(
              ATTRIBUTES,
              Optional.of(
                  new XLocSet(
                      1,
                      List.of(
                          new ReplicaLocation(new StripingPolicy(4096, 2), List.of(ONE, TWO))))),
              Optional.empty()));

  /** What each OSD answers to a sync, and the MRC to a report, unless it takes its time. */
  private static final class Osds extends NoCluster {
    final Map<OsdId, Result<Synced>> answers = new HashMap<>();
    final CompletableFuture<Result<Synced>> lateSync = new CompletableFuture<>();
    boolean late;
    final List<VolumeCommand.ReportSize> reports = new ArrayList<>();

    /** Where the MRC was asked to wait for its disk. */
    final List<VolumeCommand> synced = new ArrayList<>();

    Result<Attributes> reported = Result.ok(ATTRIBUTES);
    Result<Done> syncAnswer = Result.ok(Done.DONE);

    @Override
    @SuppressWarnings("unchecked") // of a Sync
    public <T> CompletionStage<Result<T>> askReplica(
        OsdId osd, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command) {
      if (late) {
        return lateSync.thenApply(r -> (Result<T>) r);
      }
      Result<Synced> answer = answers.getOrDefault(osd, Result.failed(Errno.EIO, "none"));
      return CompletableFuture.completedFuture((Result<T>) answer);
    }

    @Override
    @SuppressWarnings("unchecked") // of a ReportSize
    public <T> CompletionStage<Result<T>> askVolume(
        PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
      VolumeCommand asked = command.apply(TestInbox.<Result<T>>create().getRef());
      switch (asked) {
        case VolumeCommand.Once(var id, VolumeCommand.ReportSize report) -> reports.add(report);
        case VolumeCommand.Once(var id, VolumeCommand.Durable(VolumeCommand.ReportSize report)) -> {
          reports.add(report);
          synced.add(report);
        }
        case VolumeCommand.Sync sync -> {
          synced.add(sync);
          return CompletableFuture.completedFuture((Result<T>) syncAnswer);
        }
        default -> throw new AssertionError(asked);
      }
      return CompletableFuture.completedFuture((Result<T>) reported);
    }
  }

  private void write(OsdId osd, long incarnation) {
    open.writing(Set.of(osd));
    open.acknowledged(osd, incarnation);
  }

  private final Patience patience = new Patience(new SimTimer(0), Duration.ofSeconds(5));
  private final Flush flush =
      new Flush(osds, new Mrc(osds, patience, MetadataDurability.ALWAYS), patience);

  private Result<Done> flush() {
    return flush.sync(open, open.take(true).osds()).toCompletableFuture().join();
  }

  private static void assertEio(Result<Done> r) {
    assertThat(r)
        .isInstanceOfSatisfying(
            Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.EIO));
  }

  @Test
  void succeedsWhereTheIncarnationsAreThoseOfTheWrites() {
    osds.answers.put(ONE, Result.ok(new Synced(5)));
    osds.answers.put(TWO, Result.ok(new Synced(6)));
    write(ONE, 5);
    write(TWO, 6);

    assertThat(flush()).isEqualTo(Result.ok(Done.DONE));
    assertThat(open.take(true).osds()).isEmpty();
  }

  @Test
  void writesLostByARestartFailOnce() {
    osds.answers.put(ONE, Result.ok(new Synced(7)));
    osds.answers.put(TWO, Result.ok(new Synced(6)));
    write(ONE, 5);
    write(TWO, 6);

    assertEio(flush());

    write(ONE, 7);
    assertThat(flush()).isEqualTo(Result.ok(Done.DONE));
  }

  @Test
  void writesBeforeAndAfterARestartFail() {
    osds.answers.put(ONE, Result.ok(new Synced(7)));
    write(ONE, 5);
    write(ONE, 7);

    assertEio(flush());
  }

  @Test
  void anUnansweredSyncIsAskedAgainAndForgetsNoIncarnation() {
    osds.answers.put(TWO, Result.ok(new Synced(6)));
    write(ONE, 5);
    write(TWO, 6);

    assertEio(flush());

    assertThat(open.take(false).osds()).isEmpty();
    osds.answers.put(ONE, Result.ok(new Synced(7)));
    write(ONE, 7);
    assertEio(flush());
    assertThat(flush()).isEqualTo(Result.ok(Done.DONE));
  }

  @Test
  void aWriteThatWasNeverAnsweredIsSyncedWhereverItWent() {
    osds.answers.put(ONE, Result.ok(new Synced(7)));
    open.writing(Set.of(ONE));

    assertThat(flush()).isEqualTo(Result.ok(Done.DONE));
  }

  private CompletableFuture<Result<Done>> written(long endOffset) {
    write(ONE, 5);
    open.written(0, endOffset, TIME);
    open.writeEnded();
    return flush.of(open, Flushing.CLOSE).toCompletableFuture();
  }

  @Test
  void theSizeIsOnItsWayWhileTheBytesAreSynced() {
    osds.late = true;

    CompletableFuture<Result<Done>> flushed = written(100);

    assertThat(osds.reports).hasSize(1);
    assertThat(osds.reports.getFirst().sizeBytes()).isEqualTo(100);
    assertThat(flushed).isNotDone();
    osds.lateSync.complete(Result.ok(new Synced(5)));
    assertThat(flushed).isCompletedWithValue(Result.ok(Done.DONE));
    assertThat(open.isClean()).isTrue();
  }

  @Test
  void whereOnlyTheSizeArrivesTheFlushFailsAndIsToBeDoneAgain() {
    assertEio(written(100).join());

    assertThat(open.sizeBytes()).isEqualTo(100);
    assertThat(open.isClean()).isFalse();
    osds.answers.put(ONE, Result.ok(new Synced(5)));
    assertThat(flush.of(open, Flushing.CLOSE).toCompletableFuture().join())
        .isEqualTo(Result.ok(Done.DONE));
    assertThat(osds.reports).hasSize(2);
    assertThat(open.isClean()).isTrue();
  }

  @Test
  void whereOnlyTheBytesAreSyncedTheFlushFailsAndReportsAgain() {
    osds.answers.put(ONE, Result.ok(new Synced(5)));
    osds.reported = Result.failed(Errno.ENOSPC, "full");

    assertThat(written(100).join())
        .isInstanceOfSatisfying(
            Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.ENOSPC));

    assertThat(open.isClean()).isFalse();
    osds.reported = Result.ok(ATTRIBUTES);
    assertThat(flush.of(open, Flushing.CLOSE).toCompletableFuture().join())
        .isEqualTo(Result.ok(Done.DONE));
    assertThat(open.isClean()).isTrue();
  }

  // ---- where the MRC acknowledges changes before they are on its disk

  private final Flush lazily =
      new Flush(osds, new Mrc(osds, patience, MetadataDurability.INTERVAL), patience);

  private void wrote(long endOffset) {
    osds.answers.put(ONE, Result.ok(new Synced(5)));
    write(ONE, 5);
    open.written(0, endOffset, TIME);
    open.writeEnded();
  }

  private static void assertDone(CompletionStage<Result<Done>> flushed) {
    assertThat(flushed.toCompletableFuture()).isCompletedWithValue(Result.ok(Done.DONE));
  }

  @Test
  void aCloseDoesNotWaitForTheDiskOfTheMrc() {
    wrote(100);

    assertDone(lazily.of(open, Flushing.CLOSE));
    assertDone(lazily.of(open, Flushing.CLOSE));

    assertThat(osds.reports).hasSize(1);
    assertThat(osds.synced).isEmpty();
  }

  @Test
  void anFsyncHasItsReportSynced() {
    wrote(100);

    assertDone(lazily.of(open, Flushing.FSYNC));

    assertThat(osds.reports).hasSize(1);
    assertThat(osds.synced).isEqualTo(osds.reports);
  }

  @Test
  void anFsyncWithNothingToReportHasWhatIsBeforeItSynced() {
    assertDone(lazily.of(open, Flushing.FSYNC));
    assertThat(osds.synced).hasExactlyElementsOfTypes(VolumeCommand.Sync.class);

    wrote(100);
    assertDone(lazily.of(open, Flushing.REPORT));
    assertDone(lazily.of(open, Flushing.FSYNC));

    assertThat(osds.reports).hasSize(1);
    assertThat(osds.synced)
        .hasExactlyElementsOfTypes(VolumeCommand.Sync.class, VolumeCommand.Sync.class);
  }

  @Test
  void anFsyncFailsWhereTheMrcCannotSync() {
    osds.syncAnswer = Result.failed(Errno.EIO, "disk");

    assertEio(lazily.of(open, Flushing.FSYNC).toCompletableFuture().join());
  }

  @Test
  void anFsyncDoesNotTakeACloseForItself() {
    wrote(100);
    osds.late = true;
    var running = lazily.of(open, Flushing.CLOSE);
    var closing = lazily.of(open, Flushing.CLOSE);

    var fsync = lazily.of(open, Flushing.FSYNC);

    assertThat(fsync).isNotSameAs(closing);
    assertThat(lazily.of(open, Flushing.CLOSE)).isSameAs(fsync);
    assertThat(lazily.of(open, Flushing.FSYNC)).isSameAs(fsync);
    assertThat(running.toCompletableFuture()).isNotDone();
    osds.lateSync.complete(Result.ok(new Synced(5)));
    assertDone(fsync);
    assertThat(osds.synced).hasExactlyElementsOfTypes(VolumeCommand.Sync.class);
  }

  @Test
  void whereEachChangeIsOnTheDiskAnFsyncAsksNothingMore() {
    assertDone(flush.of(open, Flushing.FSYNC));
    wrote(100);
    assertDone(flush.of(open, Flushing.CLOSE));
    assertDone(flush.of(open, Flushing.FSYNC));

    assertThat(osds.reports).hasSize(1);
    assertThat(osds.synced).isEmpty();
  }
}
