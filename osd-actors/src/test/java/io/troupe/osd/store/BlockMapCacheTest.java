package io.troupe.osd.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BlockMapCacheTest {
  private static final int BLOCKS = 256;
  private static final int ONE = BlockMapCache.ENTRY_BYTES + map(BLOCKS).memoryBytes();

  private static FileId file(long inode) {
    return new FileId(new VolumeId(new UUID(7, 8)), inode);
  }

  private static BlockMap map(int blocks) {
    BlockMap map = new BlockMap();
    map.set(blocks - 1, 0, 0);
    return map;
  }

  private static List<Long> objects(BlockMapCache cache, FileId file) {
    List<Long> found = new ArrayList<>();
    cache.forEach(file, (object, map) -> found.add(object));
    return found;
  }

  @Test
  void aMapOfAWholeObjectNeedsAtMost4KiB() {
    assertThat(ONE).isBetween(13 * BLOCKS, 4096);
  }

  @Test
  void theLeastRecentlyUsedOfAllFilesGoesFirst() {
    BlockMapCache cache = new BlockMapCache(3L * ONE);
    cache.put(file(1), 0, map(BLOCKS));
    cache.put(file(2), 0, map(BLOCKS));
    cache.put(file(1), 1, map(BLOCKS));
    assertThat(cache.get(file(1), 0)).isNotNull();

    cache.put(file(3), 0, map(BLOCKS));

    assertThat(cache.get(file(2), 0)).isNull();
    assertThat(objects(cache, file(1))).containsExactly(1L, 0L);
    assertThat(objects(cache, file(3))).containsExactly(0L);
    assertThat(cache.bytes()).isEqualTo(3L * ONE);
  }

  @Test
  void theBytesOfAnyNumberOfFilesAreBounded() {
    BlockMapCache cache = new BlockMapCache(10L * ONE);
    for (int i = 0; i < 20_000; i++) {
      cache.put(file(i / 3), i % 3, map(1 + i % BLOCKS));
      assertThat(cache.bytes()).isLessThanOrEqualTo(10L * ONE);
    }
    for (int i = 0; i < 20_000; i++) {
      cache.drop(file(i));
    }
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void smallMapsLeaveRoomForMore() {
    BlockMapCache cache = new BlockMapCache(2L * ONE);
    for (int i = 0; i < 10; i++) {
      cache.put(file(1), i, map(1));
    }

    assertThat(objects(cache, file(1))).hasSize(10);
  }

  @Test
  void anotherMapOfAnObjectReplacesTheFirst() {
    BlockMapCache cache = new BlockMapCache(2L * ONE);
    BlockMap second = map(BLOCKS);
    cache.put(file(1), 0, map(1));
    cache.put(file(1), 0, second);

    assertThat(cache.get(file(1), 0)).isSameAs(second);
    assertThat(cache.bytes()).isEqualTo((long) ONE);
  }

  @Test
  void whatIsRemovedOrDroppedIsNotFoundAndNeedsNoRoom() {
    BlockMapCache cache = new BlockMapCache(10L * ONE);
    for (int i = 0; i < 3; i++) {
      cache.put(file(1), i, map(BLOCKS));
      cache.put(file(2), i, map(BLOCKS));
    }

    cache.remove(file(1), 1);
    assertThat(objects(cache, file(1))).containsExactly(0L, 2L);
    cache.drop(file(1));

    assertThat(objects(cache, file(1))).isEmpty();
    assertThat(cache.get(file(1), 0)).isNull();
    assertThat(objects(cache, file(2))).hasSize(3);
    assertThat(cache.bytes()).isEqualTo(3L * ONE);
  }

  @Test
  void aMapLargerThanAllRoomStaysOut() {
    BlockMapCache cache = new BlockMapCache(ONE - 1);
    cache.put(file(1), 0, map(BLOCKS));

    assertThat(cache.get(file(1), 0)).isNull();
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void ownersOnSeveralThreadsKeepTheBooksRight() throws Exception {
    int threads = 4;
    BlockMapCache cache = new BlockMapCache(5L * ONE);
    CountDownLatch start = new CountDownLatch(threads);
    try (ExecutorService owners = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        FileId own = file(t);
        all.add(
            owners.submit(
                () -> {
                  start.countDown();
                  start.await();
                  for (int i = 0; i < 20_000; i++) {
                    cache.put(own, i % 7, map(1 + i % BLOCKS));
                    cache.get(own, (i + 3) % 7);
                    cache.remove(own, (i + 5) % 7);
                    if (i % 100 == 0) {
                      cache.drop(own);
                    }
                  }
                  cache.drop(own);
                  return null;
                }));
      }
      for (Future<?> f : all) {
        f.get(60, TimeUnit.SECONDS);
      }
    }

    assertThat(cache.bytes()).isZero();
  }
}
