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
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.FileDescription;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class OpenInodeTest {
  private static final OsdId OSD = new OsdId(new UUID(1, 1));
  private static final FileTime LATER = new FileTime(50, 0);

  private final OpenInode open =
      new OpenInode(
          new FileId(new VolumeId(new UUID(0, 1)), 9),
          new FileDescription(
              stored(100, 3),
              Optional.of(
                  new XLocSet(
                      1, List.of(new ReplicaLocation(new StripingPolicy(4096, 1), List.of(OSD))))),
              Optional.empty()));

  private static Attributes stored(long size, int epoch) {
    FileTime t = new FileTime(10, 0);
    return new Attributes(9, 0100644, 1, 0, 0, 0, size, epoch, t, t, t);
  }

  @Test
  void ownWritesShowBeforeDuringAndAfterTheirReport() {
    open.written(3, 500, LATER);
    assertThat(open.overlay(stored(100, 3)).sizeBytes()).isEqualTo(500);

    open.take(true);
    assertThat(open.overlay(stored(100, 3)).sizeBytes()).isEqualTo(500);
    assertThat(open.overlay(stored(100, 3)).mtime()).isEqualTo(LATER);

    open.flushed();
    assertThat(open.overlay(stored(100, 3)).sizeBytes()).isEqualTo(500);
  }

  @Test
  void aTruncateOfANewerEpochWins() {
    open.written(3, 500, LATER);

    assertThat(open.overlay(stored(20, 4)).sizeBytes()).isEqualTo(20);
    assertThat(open.take(true).report()).isFalse();
    assertThat(open.overlay(stored(100, 3)).sizeBytes()).isEqualTo(20);
  }

  @Test
  void aWriteOfAnOlderEpochExtendsNothing() {
    open.overlay(stored(20, 4));

    open.written(3, 500, LATER);

    assertThat(open.sizeBytes()).isEqualTo(20);
  }

  @Test
  void aFailedFlushIsStillToBeDone() {
    open.writing(Set.of(OSD));
    open.written(3, 500, LATER);
    OpenInode.Unflushed first = open.take(true);
    assertThat(open.take(true).isNothing()).isTrue();

    first.osds().forEach(open::unsynced);
    open.giveBack(first);

    OpenInode.Unflushed again = open.take(true);
    assertThat(again.osds()).containsOnlyKeys(OSD);
    assertThat(again.sizeBytes()).isEqualTo(500);
    assertThat(again.report()).isTrue();
  }

  @Test
  void aWriteAnsweredDuringAFlushIsTheNextOnes() {
    open.writing(Set.of(OSD));
    open.take(true);

    open.acknowledged(OSD, 5);

    assertThat(open.take(true).osds()).containsEntry(OSD, Unsynced.acknowledgedBy(5));
  }

  @Test
  void aSecondFlushWaitsForTheFirst() {
    CompletableFuture<Result<Done>> first = new CompletableFuture<>();
    CompletableFuture<Result<Done>> one =
        open.flushInTurn(Flushing.CLOSE, () -> first).toCompletableFuture();
    CompletableFuture<Result<Done>> two =
        open.flushInTurn(
                Flushing.CLOSE, () -> CompletableFuture.completedFuture(Result.ok(Done.DONE)))
            .toCompletableFuture();

    assertThat(two).isNotDone();
    first.complete(Result.failed(Errno.EIO));

    assertThat(one).isCompletedWithValue(Result.failed(Errno.EIO));
    assertThat(two).isCompletedWithValue(Result.ok(Done.DONE));
  }
}
