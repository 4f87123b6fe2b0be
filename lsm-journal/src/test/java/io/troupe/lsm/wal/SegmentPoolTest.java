package io.troupe.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.disk.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pool leaves on the disk. */
final class SegmentPoolTest {

  private static final int SEGMENT_BYTES = 64 << 10;

  @TempDir Path directory;

  @Test
  void whatNobodyWroteIsGoneAfterItIsGivenBack() throws IOException {
    FileDisk disk = FileDisk.in(directory);
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1)) {
      pool.take().file().close();
      pool.take().file().close();
      pool.recycle(WalFormat.fileName(1));
      pool.prepare(); // out of the one that was recycled
      pool.take().file().close();
      pool.recycle(WalFormat.fileName(2));
      pool.prepare();
      disk.create("spare-99.tmp").close(); // of somebody else

      pool.giveBack();
    }

    assertThat(disk.list()).containsExactly("spare-99.tmp", WalFormat.fileName(3));
  }

  @Test
  void aStoreThatIsClosedLeavesNoSegmentThatNobodyWrote() throws IOException {
    byte[] key = {1};
    FileDisk disk = FileDisk.in(directory);
    for (int round = 1; round <= 3; round++) {
      try (Store store = Store.open(directory, StoreOptions.small())) {
        Index index = store.index("i");
        assertThat(store.get(index, key).isPresent()).isEqualTo(round > 1);
        long unused =
            store
                .commit(new WriteBatch().put(index, key, new byte[] {2}), Durability.SYNC)
                .toCompletableFuture()
                .join();
      }
      // Each start takes one: none was left behind it. Older ones are there until they are flushed.
      List<Long> segments = WalReplay.segments(disk);
      assertThat(segments.getLast()).isEqualTo(round);
      assertThat(disk.list()).noneMatch(name -> name.endsWith(SegmentPool.TEMPORARY));
    }
  }
}
