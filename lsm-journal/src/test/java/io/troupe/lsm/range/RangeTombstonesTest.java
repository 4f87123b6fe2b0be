package io.troupe.lsm.range;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RangeTombstonesTest {

  private static final int KEYS = 40;

  @Property(tries = 300)
  void findsTheNewestThatCoversAKey(@ForAll long seed) {
    var random = new Random(seed);
    List<RangeTombstone> deletes = some(random, 1 + random.nextInt(30));

    RangeTombstones list = RangeTombstones.of(deletes);
    var growing = new GrowingTombstones();
    deletes.forEach(growing::add);
    RangeTombstones grown = growing.all();

    for (int key = 0; key < KEYS; key++) {
      for (long upTo = 0; upTo < 60; upTo += 1 + random.nextInt(5)) {
        long expected = naive(deletes, key, upTo);
        assertThat(list.newest(key(key), upTo)).isEqualTo(expected);
        assertThat(growing.newest(key(key), upTo)).isEqualTo(expected);
        assertThat(grown.newest(key(key), upTo)).isEqualTo(expected);
      }
    }
    for (int i = 1; i < list.size(); i++) {
      assertThat(Arrays.compareUnsigned(list.to(i - 1), list.from(i))).isLessThanOrEqualTo(0);
    }
    assertThat(RangeTombstones.of(list.all()).all())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(list.all());
  }

  @Property(tries = 300)
  void tellsWhetherAllOfARangeIsCovered(@ForAll long seed) {
    var random = new Random(seed);
    List<RangeTombstone> deletes = some(random, 1 + random.nextInt(8));
    RangeTombstones list = RangeTombstones.of(deletes);
    for (int i = 0; i < 40; i++) {
      int first = random.nextInt(KEYS);
      int last = first + random.nextInt(KEYS - first);
      long above = random.nextInt(60);
      long upTo = random.nextInt(60);
      boolean expected = true;
      for (int key = first; key <= last; key++) {
        expected &= naive(deletes, key, upTo) > above;
      }
      assertThat(list.cover(key(first), key(last), true, above, upTo)).isEqualTo(expected);
      assertThat(list.cover(key(first), key(last + 1), false, above, upTo)).isEqualTo(expected);
    }
  }

  @Property(tries = 300)
  void takesWhatLiesInARange(@ForAll long seed) {
    var random = new Random(seed);
    List<RangeTombstone> deletes = some(random, 1 + random.nextInt(12));
    int from = random.nextInt(KEYS);
    int to = from + random.nextInt(KEYS - from + 1);

    RangeTombstones part = RangeTombstones.of(deletes).within(key(from), key(to));
    RangeTombstones rest = RangeTombstones.of(deletes).within(key(from), null);

    for (int key = 0; key < KEYS; key++) {
      long expected = naive(deletes, key, 99);
      assertThat(part.newest(key(key), 99)).isEqualTo(key >= from && key < to ? expected : 0);
      assertThat(rest.newest(key(key), 99)).isEqualTo(key >= from ? expected : 0);
    }
  }

  @Test
  void manyDeletesSideBySideCostLittle() {
    var growing = new GrowingTombstones();
    long bytes = 0;
    for (int i = 0; i < 50_000; i++) {
      int at = (int) (i * 2_654_435_761L % 1_000_003);
      bytes += growing.add(new RangeTombstone(wide(2 * at), wide(2 * at + 1), i + 1L));
    }

    assertThat(growing.lists().size()).isLessThan(18);
    assertThat(bytes).isLessThan(50_000 * 200L);
  }

  private static long naive(List<RangeTombstone> deletes, int key, long upTo) {
    long newest = 0;
    for (RangeTombstone delete : deletes) {
      if (delete.sequence() <= upTo
          && Arrays.compareUnsigned(delete.from(), key(key)) <= 0
          && Arrays.compareUnsigned(delete.to(), key(key)) > 0) {
        newest = Math.max(newest, delete.sequence());
      }
    }
    return newest;
  }

  private static List<RangeTombstone> some(Random random, int count) {
    List<RangeTombstone> deletes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = random.nextInt(KEYS);
      int to =
          from
              + 1
              + random.nextInt(random.nextInt(4) == 0 ? KEYS - from : Math.min(5, KEYS - from));
      deletes.add(new RangeTombstone(key(from), key(to), 1 + random.nextInt(50)));
    }
    return deletes;
  }

  /** Neighbours have nothing between them; every other one is a prefix of the next. */
  private static byte[] key(int number) {
    byte high = (byte) (number / 2 * 7);
    return number % 2 == 0 ? new byte[] {high} : new byte[] {high, 0};
  }

  private static byte[] wide(int number) {
    return java.nio.ByteBuffer.allocate(4).putInt(number).array();
  }
}
