package io.troupe.lsm.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Keys;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SkipListTest {

  private record Version(byte[] key, long sequence) {}

  @Property(tries = 200)
  void ordersVersionsAsASortedMapDoes(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var list = new SkipList();
    NavigableMap<Version, byte[]> map =
        new TreeMap<>((a, b) -> Keys.compare(a.key(), a.sequence(), b.key(), b.sequence()));
    int run = 0;
    for (int i = 0; i < 500; i++) {
      // Runs of ascending keys, as those of a journal, with jumps.
      run = random.nextInt(8) == 0 ? random.nextInt(1000) : run + 1;
      byte[] value = {(byte) i, (byte) (i % 3)};
      list.put(key(run), 1 + i / 7, (byte) (i % 3), value);
      map.put(new Version(key(run), 1 + i / 7), value);
    }

    assertThat(list.size()).isEqualTo(map.size());
    compare(list.ascending(new byte[0]), map);
    compare(list.descending(), map.descendingMap());
    byte[] bound = key(random.nextInt(1000));
    compare(list.ascending(bound), map.tailMap(new Version(bound, Long.MAX_VALUE), true));
    compare(
        list.descending(bound),
        map.headMap(new Version(bound, Long.MAX_VALUE), false).descendingMap());
    for (int i = 0; i < 200; i++) {
      byte[] key = key(random.nextInt(1000));
      long sequence = random.nextInt(80);
      var found = map.ceilingEntry(new Version(key, sequence));
      byte[] expected =
          found != null && found.getKey().key()[0] == key[0] && found.getKey().key()[1] == key[1]
              ? found.getValue()
              : null;
      var answer = new Found();
      assertThat(list.find(key, sequence, answer)).isEqualTo(expected != null);
      if (expected != null) {
        assertThat(answer.copyValue()).isEqualTo(expected);
        assertThat(answer.kind()).isEqualTo(expected[1]);
        assertThat(answer.sequence()).isLessThanOrEqualTo(sequence);
        answer.release();
      }
    }
  }

  private static void compare(EntryCursor cursor, NavigableMap<Version, byte[]> map)
      throws IOException {
    for (var entry : map.entrySet()) {
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.copyKey()).isEqualTo(entry.getKey().key());
      assertThat(cursor.sequence()).isEqualTo(entry.getKey().sequence());
      assertThat(cursor.copyValue()).isEqualTo(entry.getValue());
      assertThat(cursor.kind()).isEqualTo(entry.getValue()[1]);
    }
    assertThat(cursor.next()).isFalse();
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) (number >>> 8), (byte) number};
  }
}
