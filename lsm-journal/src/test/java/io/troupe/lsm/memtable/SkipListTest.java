package io.troupe.lsm.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.wal.Operations;
import java.io.IOException;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SkipListTest {

  private record Version(byte[] key, long sequence) {}

  private record Said(byte kind, byte[] value) {}

  @Property(tries = 300)
  void ordersVersionsAsASortedMapDoes(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var memtable = new Memtable(0, new SlabPool(random.nextInt(1 << 16)));
    NavigableMap<Version, Said> map =
        new TreeMap<>((a, b) -> Keys.compare(a.key(), a.sequence(), b.key(), b.sequence()));
    int shape = random.nextInt(3);
    int run = 0;
    for (int i = 0; i < 500; i++) {
      // Runs of ascending keys, as those of a journal, with jumps.
      run = random.nextInt(8) == 0 ? random.nextInt(1000) : run + 1;
      byte[] value = new byte[random.nextInt(50) == 0 ? 3_000 : random.nextInt(40)];
      random.nextBytes(value);
      byte kind = random.nextInt(4) == 0 ? Kind.DELETE : Kind.PUT;
      put(memtable, key(run, shape), 1 + i / 7, kind, value);
      map.put(new Version(key(run, shape), 1 + i / 7), new Said(kind, value));
    }

    SkipList list = memtable.list(0);
    assertThat(list).isNotNull();
    if (list == null) {
      return;
    }
    assertThat(list.size()).isEqualTo(map.size());
    compare(list.ascending(new byte[0]), map);
    compare(list.descending(), map.descendingMap());
    byte[] bound = key(random.nextInt(1000), shape);
    compare(list.ascending(bound), map.tailMap(new Version(bound, Long.MAX_VALUE), true));
    compare(
        list.descending(bound),
        map.headMap(new Version(bound, Long.MAX_VALUE), false).descendingMap());
    var found = new Found();
    for (int i = 0; i < 200; i++) {
      byte[] key = key(random.nextInt(1000), shape);
      long sequence = random.nextInt(80);
      var expected = map.ceilingEntry(new Version(key, sequence));
      if (expected != null && Arrays.equals(expected.getKey().key(), key)) {
        assertThat(list.find(key, sequence, found)).isTrue();
        assertThat(found.sequence()).isEqualTo(expected.getKey().sequence());
        assertThat(found.kind()).isEqualTo(expected.getValue().kind());
        assertThat(found.copyValue()).isEqualTo(expected.getValue().value());
      } else {
        assertThat(list.find(key, sequence, found)).isFalse();
      }
    }
  }

  @Test
  void givesItsMemoryBackWhenTheLastUserLetsGo() {
    var pool = new SlabPool(1 << 20);
    var memtable = new Memtable(0, pool);
    assertThat(memtable.bytes()).isZero();
    for (int i = 0; i < 1_000; i++) {
      put(memtable, key(i, 0), i, Kind.PUT, new byte[300]);
    }
    put(memtable, key(1, 0), 1_000, Kind.PUT, new byte[1 << 20]);
    assertThat(memtable.bytes()).isBetween(332_000L + (1 << 20), 332_000L + (1 << 20) + (2 << 16));
    memtable.retain();
    memtable.retain();

    memtable.release();
    assertThat(pool.spare()).isZero();
    memtable.release();
    assertThat(pool.spare()).isEqualTo(6);

    var next = new Memtable(0, pool);
    put(next, key(1, 0), 1, Kind.PUT, new byte[300]);
    assertThat(pool.spare()).isEqualTo(4);
  }

  private static void put(Memtable memtable, byte[] key, long sequence, byte kind, byte[] value) {
    byte[] bytes = new byte[5 + Operations.OVERHEAD_BYTES + key.length + value.length];
    Operations.write(bytes, 5, 0, kind, key, value);
    var operations = new Operations().over(bytes, 5, 1);
    assertThat(operations.next()).isTrue();
    memtable.put(operations, sequence);
  }

  private static void compare(EntryCursor cursor, NavigableMap<Version, Said> map)
      throws IOException {
    for (var entry : map.entrySet()) {
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.copyKey()).isEqualTo(entry.getKey().key());
      assertThat(cursor.sequence()).isEqualTo(entry.getKey().sequence());
      assertThat(cursor.kind()).isEqualTo(entry.getValue().kind());
      assertThat(cursor.copyValue()).isEqualTo(entry.getValue().value());
    }
    assertThat(cursor.next()).isFalse();
  }

  /** Short ones, some of them a prefix of others; or equal in the first eight bytes and more. */
  private static byte[] key(int number, int shape) {
    byte[] bytes = {(byte) (number >>> 8), (byte) number};
    if (shape == 0) {
      return bytes;
    }
    byte[] key = new byte[shape == 1 ? 1 + number % 12 : 14 + number % 5];
    System.arraycopy(bytes, 0, key, Math.max(0, key.length - 4), Math.min(2, key.length));
    return key;
  }
}
