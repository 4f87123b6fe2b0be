package io.troupe.osd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.carry.CarryingThread;
import io.troupe.actors.carry.Errand;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import io.troupe.lsm.StoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class CommitTest {
  private static final int OBJECT = 8192;
  private static final int OBJECTS = 100;
  private static final FileId FILE = new FileId(new VolumeId(new UUID(7, 8)), 42);
  private static final FileId OTHER = new FileId(new VolumeId(new UUID(7, 8)), 43);
  private static final ReplicaLocation LOCATION =
      new ReplicaLocation(new StripingPolicy(OBJECT, 1), List.of(SimStore.OSD));

  private final SimStore store = new SimStore();
  private final MemorySegment scratch = MemorySegment.ofArray(new byte[OBJECT + 4096]);

  CommitTest() throws IOException {}

  private static void fill(FileObjects f, int object, int at, int length, int value)
      throws StoreFailure {
    byte[] data = new byte[length];
    Arrays.fill(data, (byte) value);
    f.write(object, at, MemorySegment.ofArray(data));
  }

  private byte[] read(FileObjects f, int object, int at, int length) throws StoreFailure {
    return f.locate(object, at, length).read(scratch).toArray(ValueLayout.JAVA_BYTE);
  }

  private static void done(FileObjects f, CompletionStage<Void> commit) {
    assertThat(commit.toCompletableFuture()).isCompleted();
    f.committed();
  }

  private FileObjects filled() throws StoreFailure {
    FileObjects f = store.open(FILE);
    for (int o = 0; o < OBJECTS; o++) {
      fill(f, o, 0, OBJECT, o);
    }
    return f;
  }

  @Test
  void moreObjectsThanAreRememberedAreReadAndPartlyOverwrittenDuringTheirSync() throws Exception {
    FileObjects f = filled();
    store.hold(true);
    CompletionStage<Void> sync = f.sync();

    for (int o = 0; o < OBJECTS; o++) {
      assertThat(read(f, o, 4096, 2)).containsExactly(o, o);
    }
    for (int o = 0; o < OBJECTS; o++) {
      fill(f, o, 4097, 1, 200);
    }
    assertThat(f.describe().objects()).isEqualTo(OBJECTS);
    store.hold(false);
    done(f, sync);
    done(f, f.sync());

    store.losePower();
    FileObjects again = store.open(FILE);
    for (int o = 0; o < OBJECTS; o++) {
      assertThat(read(again, o, 4095, 4)).containsExactly(o, o, 200, o);
    }
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void whoWaitsForACommitThatItWasToCarryOutLeavesItToOthers() throws Exception {
    FileObjects f = filled();
    store.hold(true);
    CompletionStage<Void> sync = f.sync();
    Runnable commit = () -> store.hold(false);
    CompletableFuture<FileObjects> opened = new CompletableFuture<>();
    Errand errand =
        new Errand() {
          @Override
          public void begin() {
            CarryingThread.takeLast(commit, commit);
            try {
              opened.complete(store.open(FILE));
            } catch (StoreFailure e) {
              opened.completeExceptionally(e);
            }
          }

          @Override
          public boolean isDone() {
            return opened.isDone();
          }
        };
    CarryingThread thread =
        new CarryingThread(
            () -> ((CarryingThread) Thread.currentThread()).carry(errand), "carrying");
    thread.setDaemon(true);
    thread.start();

    assertThat(read(opened.get(10, TimeUnit.SECONDS), 7, 0, 2)).containsExactly(7, 7);
    done(f, sync);
  }

  @Test
  void aSyncThatFoundNoRoomForgetsNothing() throws Exception {
    FileObjects f = filled();
    store.hold(true);
    CompletionStage<Void> sync = f.sync();
    for (int o = 0; o < OBJECTS; o += 2) {
      fill(f, o, 0, 1, 200);
    }
    store.failHeld(StoreException.Kind.NO_SPACE);
    assertThat(sync.toCompletableFuture()).isCompletedExceptionally();
    f.foundNoRoom();

    store.hold(false);
    done(f, f.sync());

    store.losePower();
    FileObjects again = store.open(FILE);
    for (int o = 0; o < OBJECTS; o++) {
      assertThat(read(again, o, 0, 2)).containsExactly(o % 2 == 0 ? 200 : o, o);
    }
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void aTruncateThatFoundNoRoomHasChangedNothing() throws Exception {
    FileObjects f = filled();
    done(f, f.sync());
    fill(f, 1, 10, 1, 200);
    store.refuse(Optional.of(StoreException.Kind.NO_SPACE));
    CompletionStage<Void> truncate = f.truncate(1, OBJECT + 100, LOCATION);
    assertThat(truncate.toCompletableFuture()).isCompletedExceptionally();
    f.foundNoRoom();

    assertThat(f.truncateEpoch()).isZero();
    assertThat(read(f, 1, 9, 3)).containsExactly(1, 200, 1);
    assertThat(read(f, 1, 5000, 1)).containsExactly(1);
    assertThat(read(f, 99, 0, 1)).containsExactly(99);

    store.refuse(Optional.empty());
    done(f, f.truncate(1, OBJECT + 100, LOCATION));
    assertThat(f.truncateEpoch()).isEqualTo(1);
    assertThat(read(f, 1, 99, 2)).containsExactly(1, 0);
    assertThat(read(f, 99, 0, 1)).containsExactly(0);
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void aFileHasOneCommitAtATime() throws Exception {
    FileObjects f = filled();
    store.hold(true);
    CompletionStage<Void> sync = f.sync();

    assertThatThrownBy(() -> f.truncate(1, 0, LOCATION)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(f::delete).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(f::sync).isInstanceOf(IllegalStateException.class);
    store.hold(false);
    done(f, sync);
    done(f, f.delete());
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void whoOpensAFileWaitsForTheCommitOfItsLastOwner() throws Exception {
    FileObjects f = filled();
    store.hold(true);
    CompletionStage<Void> left = f.sync();

    CompletableFuture<FileObjects> next =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return store.open(FILE);
              } catch (StoreFailure e) {
                throw new AssertionError(e);
              }
            });
    assertThatThrownBy(() -> next.get(60, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    store.hold(false);

    assertThat(left.toCompletableFuture()).isCompleted();
    assertThat(read(next.get(), 99, 0, 1)).containsExactly(99);
  }

  @Test
  void aFailedSyncIsFinalForItsSegmentAndNobodyElse() throws Exception {
    FileObjects safe = store.open(OTHER);
    fill(safe, 0, 0, 4096, 7);
    done(safe, safe.sync());
    FileObjects f = store.open(FILE);
    fill(f, 0, 0, 4096, 1);
    FileObjects sharesTheSegment = store.open(OTHER);
    fill(sharesTheSegment, 1, 0, 4096, 2);
    long incarnation = f.incarnation();

    store.failNext();
    assertThat(f.sync().toCompletableFuture()).isCompletedExceptionally();
    f.abandon();
    assertThat(sharesTheSegment.sync().toCompletableFuture()).isCompletedExceptionally();

    FileObjects again = store.open(FILE);
    assertThat(again.incarnation()).isNotEqualTo(incarnation);
    assertThat(store.open(OTHER).incarnation()).isEqualTo(safe.incarnation());
    assertThat(read(again, 0, 0, 1)).containsExactly(0);
    fill(again, 0, 0, 4096, 3);
    assertThat(store.segments()).isEqualTo(2);
    done(again, again.sync());
    store.losePower();
    assertThat(read(store.open(FILE), 0, 0, 1)).containsExactly(3);
    assertThat(read(store.open(OTHER), 0, 0, 1)).containsExactly(7);
  }

  @Test
  void aSegmentEmptiedBeforeItWasFullGoesWhenItIsFull() throws Exception {
    FileObjects f = store.open(FILE);
    for (int o = 0; o < SimStore.SEGMENT_BYTES / OBJECT - 1; o++) {
      fill(f, o, 0, OBJECT, 1);
    }
    done(f, f.sync());
    done(f, f.delete());
    assertThat(store.segments()).isEqualTo(1);

    FileObjects other = store.open(OTHER);
    fill(other, 0, 0, OBJECT, 1);
    done(other, other.delete());
    fill(store.open(OTHER), 0, 0, OBJECT, 1);

    assertThat(store.segments()).isEqualTo(1);
  }

  @Test
  void anOverwriteThatFailedHalfWayIsNeverSynced() throws Exception {
    FileObjects f = store.open(FILE);
    fill(f, 0, 0, OBJECT, 1);
    store.failNext();
    assertThatThrownBy(() -> fill(f, 0, 0, OBJECT, 2)).isInstanceOf(StoreFailure.class);

    assertThat(f.sync().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void manyLossesAreRememberedTogether() {
    Incarnations incarnations = new Incarnations(2);
    long before = incarnations.of(FILE);
    incarnations.lost(FILE);
    long lost = incarnations.of(FILE);
    assertThat(lost).isNotEqualTo(before);
    assertThat(incarnations.of(OTHER)).isEqualTo(before);

    incarnations.lost(new FileId(FILE.volume(), 1));
    incarnations.lost(new FileId(FILE.volume(), 2));

    assertThat(incarnations.of(FILE)).isNotIn(before, lost);
    assertThat(incarnations.of(OTHER)).isNotEqualTo(before);
  }
}
