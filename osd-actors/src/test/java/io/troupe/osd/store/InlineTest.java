package io.troupe.osd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.errors.Errno;
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
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Little that is written and synced goes into the index, and into nothing else. */
final class InlineTest {
  private static final int BLOCK = BlockMap.BLOCK_BYTES;
  private static final int OBJECT = 16 * BLOCK;
  private static final int MAX = Inlining.MAX_BLOCKS;
  private static final FileId FILE = new FileId(new VolumeId(new UUID(7, 8)), 42);
  private static final FileId OTHER = new FileId(new VolumeId(new UUID(7, 8)), 43);
  private static final ReplicaLocation LOCATION =
      new ReplicaLocation(new StripingPolicy(OBJECT, 1), List.of(SimStore.OSD));

  private final SimStore store = new SimStore(100);
  private final MemorySegment scratch = MemorySegment.ofArray(new byte[OBJECT + BLOCK]);

  InlineTest() throws IOException {}

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

  private FileObjects smallFile() throws StoreFailure {
    FileObjects f = store.open(FILE);
    fill(f, 0, 0, 5000, 1);
    done(f, f.sync());
    return f;
  }

  @Test
  void aSmallFileTakesNoBlockOfASegmentAndSurvivesACrash() throws Exception {
    smallFile();

    assertThat(store.allocatedBlocks()).isZero();
    assertThat(store.inlineBlocksHeld()).isZero();
    store.losePower();
    assertThat(read(store.open(FILE), 0, 4998, 4)).containsExactly(1, 1, 0, 0);
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void aSyncOfLittleForcesNothing() throws Exception {
    FileObjects f = store.open(FILE);
    fill(f, 0, 100, MAX * BLOCK - 200, 1);

    store.failNext();
    done(f, f.sync());
    assertThat(read(f, 0, 99, 2)).containsExactly(0, 1);
  }

  @Test
  void whatIsMoreThanLittleMovesToSegments() throws Exception {
    FileObjects f = smallFile();
    fill(f, 0, 5000, MAX * BLOCK, 2);

    assertThat(store.inlineBlocksHeld()).isZero();
    done(f, f.sync());
    assertThat(store.allocatedBlocks()).isEqualTo(Math.ceilDiv(5000 + MAX * BLOCK, BLOCK));
    assertThat(store.leaksNothing()).isTrue();
    store.losePower();
    assertThat(read(store.open(FILE), 0, 4999, 2)).containsExactly(1, 2);
  }

  @Test
  void manySmallWritesOfOneSyncMoveToSegments() throws Exception {
    FileObjects f = store.open(FILE);
    for (int o = 0; o < 2 * MAX; o++) {
      fill(f, o, 0, 10, o + 1);
    }
    assertThat(store.inlineBlocksHeld()).isEqualTo(MAX);
    done(f, f.sync());

    assertThat(store.allocatedBlocks()).isEqualTo(MAX);
    store.losePower();
    FileObjects again = store.open(FILE);
    for (int o = 0; o < 2 * MAX; o++) {
      assertThat(read(again, o, 9, 2)).containsExactly(o + 1, 0);
    }
  }

  @Test
  void anObjectThatIsAppendedToAndSyncedKeepsLittleInline() throws Exception {
    FileObjects f = store.open(FILE);
    for (int b = 0; b < OBJECT / BLOCK; b++) {
      fill(f, 0, b * BLOCK, BLOCK, b + 1);
      done(f, f.sync());
    }

    assertThat(store.allocatedBlocks()).isGreaterThanOrEqualTo(OBJECT / BLOCK - MAX);
    assertThat(store.leaksNothing()).isTrue();
    store.losePower();
    for (int b = 0; b < OBJECT / BLOCK; b++) {
      assertThat(read(store.open(FILE), 0, b * BLOCK, 1)).containsExactly(b + 1);
    }
  }

  @Test
  void aBlockOfASegmentThatIsOverwrittenInlineIsGivenBack() throws Exception {
    FileObjects f = store.open(FILE);
    fill(f, 0, 0, OBJECT, 1);
    done(f, f.sync());
    fill(f, 0, BLOCK + 10, 10, 2);
    done(f, f.sync());

    assertThat(store.allocatedBlocks()).isEqualTo(OBJECT / BLOCK - 1);
    assertThat(store.leaksNothing()).isTrue();
    store.losePower();
    assertThat(read(store.open(FILE), 0, BLOCK + 9, 3)).containsExactly(1, 2, 2);
  }

  @Test
  void aTruncateCutsInlineBlocks() throws Exception {
    FileObjects f = smallFile();
    done(f, f.truncate(1, 4500, LOCATION));
    assertThat(read(f, 0, 4499, 2)).containsExactly(1, 0);
    done(f, f.truncate(2, 6000, LOCATION));
    assertThat(read(f, 0, 4499, 2)).containsExactly(1, 0);

    store.losePower();
    FileObjects again = store.open(FILE);
    assertThat(read(again, 0, 4499, 2)).containsExactly(1, 0);
    done(again, again.truncate(3, 0, LOCATION));
    assertThat(store.index().objectsFrom(FILE, 0)).isEmpty();
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void aDeleteLeavesNoInlineBlocks() throws Exception {
    FileObjects f = smallFile();
    done(f, f.delete());

    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void writesDuringASyncAreTheNextOnes() throws Exception {
    FileObjects f = store.open(FILE);
    fill(f, 0, 0, 10, 1);
    store.hold(true);
    CompletionStage<Void> sync = f.sync();
    fill(f, 0, 5, 10, 2);
    fill(f, 0, 0, OBJECT, 3);
    store.hold(false);
    done(f, sync);

    assertThat(read(f, 0, 4, 2)).containsExactly(3, 3);
    store.losePower();
    assertThat(read(store.open(FILE), 0, 0, 11)).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
  }

  @Test
  void aSyncThatFoundNoRoomForgetsNothing() throws Exception {
    FileObjects f = store.open(FILE);
    fill(f, 0, 0, 10, 1);
    store.refuse(Optional.of(StoreException.Kind.NO_SPACE));
    assertThat(f.sync().toCompletableFuture()).isCompletedExceptionally();
    f.foundNoRoom();
    assertThat(store.inlineBlocksHeld()).isEqualTo(1);

    store.refuse(Optional.empty());
    fill(f, 1, 0, 10, 2);
    done(f, f.sync());
    assertThat(store.inlineBlocksHeld()).isZero();
    store.losePower();
    assertThat(read(store.open(FILE), 0, 9, 2)).containsExactly(1, 0);
    assertThat(read(store.open(FILE), 1, 9, 2)).containsExactly(2, 0);
  }

  @Test
  void allFilesTogetherWaitWithBoundedMemory() throws Exception {
    SimStore small = new SimStore(3);
    FileObjects f = small.open(FILE);
    FileObjects other = small.open(OTHER);
    fill(f, 0, 0, 2 * BLOCK, 1);
    fill(other, 0, 0, 2 * BLOCK, 2);

    assertThat(small.inlineBlocksHeld()).isEqualTo(2);
    assertThat(small.allocatedBlocks()).isEqualTo(2);
    f.abandon();
    assertThat(small.inlineBlocksHeld()).isZero();
  }

  @Test
  void damagedInlineBytesAreNeverReturned() throws Exception {
    smallFile();
    store.index().damageInline(FILE, 0, 100);
    store.losePower();
    assertEio(store.open(FILE));

    FileObjects other = store.open(OTHER);
    fill(other, 0, 0, 10, 1);
    done(other, other.sync());
    store.index().forgetInline(OTHER, 0);
    store.losePower();
    assertEio(store.open(OTHER));
  }

  private void assertEio(FileObjects f) {
    assertThatThrownBy(() -> read(f, 0, 0, 1))
        .isInstanceOfSatisfying(
            StoreFailure.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    assertThatThrownBy(() -> fill(f, 0, 0, 1, 1)).isInstanceOf(StoreFailure.class);
  }
}
