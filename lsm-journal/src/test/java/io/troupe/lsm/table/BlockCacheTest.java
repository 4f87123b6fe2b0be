package io.troupe.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BlockCacheTest {

  /**
   * Threads read blocks that say who they are, out of a cache that has room for a tenth of them,
   * while one of them forgets whole tables. What is pinned, or was found to be still there after it
   * was read, is never anybody else's.
   */
  @Test
  void noReaderSeesTheMemoryOfOneBlockFilledWithAnother() throws Exception {
    var cache = new BlockCache(64 << 10);
    int threads = 4;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        var random = new Random(i);
        boolean forgets = i == 0;
        done.add(pool.submit(() -> read(cache, random, forgets)));
      }
      int hits = 0;
      for (Future<Integer> future : done) {
        hits += future.get(30, TimeUnit.SECONDS);
      }
      assertThat(hits).isPositive();
    }
    assertThat(cache.bytes()).isPositive().isLessThanOrEqualTo(64 << 10);
    cache.clear();
    assertThat(cache.bytes()).as("nothing is pinned any more").isZero();
  }

  private static int read(BlockCache cache, Random random, boolean forgets) {
    int hits = 0;
    List<Block> held = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      // Some are asked for much more often than others.
      int number = random.nextInt(1 + random.nextInt(400));
      long table = number % 5;
      long offset = number * 4096L;
      int length = 100 + number * 13 % 3000;
      Block block = cache.find(table, offset);
      if (block != null) {
        hits++;
      } else {
        block = cache.allocate(table, offset, length);
        if (block == null) {
          continue; // everything is pinned
        }
        fill(block, number);
        block = cache.publish(block);
      }
      check(block, number, length);
      if (random.nextInt(4) == 0) {
        held.add(block);
        if (held.size() > 3) {
          Block released = held.removeFirst();
          check(released, (int) (released.offset / 4096), released.length());
          released.release();
          optimistic(released);
        }
      } else {
        block.release();
        optimistic(block);
      }
      if (forgets && i % 1_000 == 0) {
        cache.remove(random.nextInt(5));
      }
    }
    held.forEach(Block::release);
    return hits;
  }

  @Test
  void keepsWhatIsReadAgainDuringALongScan() {
    var cache = new BlockCache(1 << 20);
    int hot = 100;
    for (int i = 0; i < hot; i++) {
      put(cache, 1, i);
    }
    int lost = 0;
    for (int i = 0; i < 10_000; i++) {
      put(cache, 2, i);
      Block block = find(cache, 1, i % hot);
      if (block == null) {
        lost++;
        put(cache, 1, i % hot);
      } else {
        block.release();
      }
    }
    assertThat(lost).isLessThan(200);
    assertThat(cache.bytes()).isBetween(900_000L, 1L << 20);
  }

  @Test
  void refusesWhatIsTooLargeAndWhatFindsNoPlace() {
    var cache = new BlockCache(32 << 10);

    assertThat(cache.allocate(1, 0, 20 << 10)).isNull();
    assertThat(new BlockCache(0).allocate(1, 0, 1)).isNull();
    List<Block> pinned = new ArrayList<>();
    for (Block block = cache.allocate(1, pinned.size(), 4 << 10);
        block != null;
        block = cache.allocate(1, pinned.size(), 4 << 10)) {
      pinned.add(cache.publish(block));
    }
    assertThat(pinned).hasSize(8);
    pinned.getFirst().release();
    pinned.get(5).release();
    assertThat(cache.allocate(1, 100, 5 << 10)).as("no two in a row").isNull();
    assertThat(cache.allocate(1, 100, 4 << 10)).isNotNull();
  }

  private static void put(BlockCache cache, long table, int number) {
    Block block = cache.allocate(table, number, 4096);
    if (block == null) {
      throw new AssertionError("no room though nothing is pinned");
    }
    cache.publish(block).release();
  }

  private static @Nullable Block find(BlockCache cache, long table, int number) {
    return cache.find(table, number);
  }

  private static void fill(Block block, int number) {
    MemorySegment body = block.body();
    for (long at = 0; at + 4 <= body.byteSize(); at += 4) {
      body.set(ValueLayout.JAVA_INT_UNALIGNED, at, number);
    }
  }

  private static void check(Block block, int number, int length) {
    assertThat(block.length()).isEqualTo(length);
    MemorySegment body = block.body();
    for (long at = 0; at + 4 <= body.byteSize(); at += 4) {
      if (body.get(ValueLayout.JAVA_INT_UNALIGNED, at) != number) {
        throw new AssertionError("block " + number + " holds another");
      }
    }
  }

  /**
   * As filters are read: without a pin, and what was read counts only if the block is still there.
   */
  private static void optimistic(Block block) {
    int number = (int) (block.offset / 4096);
    int seen = block.memory().get(ValueLayout.JAVA_INT_UNALIGNED, block.start());
    if (block.isPresent() && seen != number) {
      throw new AssertionError("block " + number + " holds " + seen);
    }
  }
}
