package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is read without copies, in memtables and in tables of every compression. */
class InPlaceTest {

  @Property(tries = 60)
  void showsWhatASortedMapHas(@ForAll long seed, @ForAll Compression compression)
      throws IOException {
    var random = new Random(seed);
    StoreOptions options =
        EngineRun.TINY
            .withCompression(compression)
            .withBlockBytes(256 << random.nextInt(5))
            .withBlockCacheBytes(random.nextInt(3) * 20_000L);
    NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
    try (Engine engine = EngineRun.open(new SimDisk(seed, 1L << 30), options)) {
      Index index = engine.index("a");
      for (int step = 0; step < 150; step++) {
        byte[] key = key(random);
        var batch = new WriteBatch();
        if (random.nextInt(4) == 0) {
          batch.delete(index, key);
          map.remove(key);
        } else {
          byte[] value = new byte[random.nextInt(20) == 0 ? 20_000 : random.nextInt(150)];
          random.nextBytes(value);
          batch.put(index, key, value);
          map.put(key, value);
        }
        EngineRun.write(engine, List.of(batch), Durability.OS)
            .forEach(done -> assertThat(done).isCompleted());
        if (random.nextInt(30) == 0) {
          engine.rotate();
          EngineRun.settle(engine);
        }
      }

      for (int i = 0; i < 60; i++) {
        byte[] key = i % 2 == 0 ? key(random) : List.copyOf(map.keySet()).get(i % map.size());
        byte[] read = engine.read(index, key, -1, InPlaceTest::copy);
        assertThat(read).isEqualTo(map.get(key));
        assertThat(engine.get(index, key, -1).orElse(null)).isEqualTo(map.get(key));
      }
      for (int i = 0; i < 10; i++) {
        byte[] prefix = Arrays.copyOf(key(random), random.nextInt(3));
        KeyRange range = KeyRange.prefix(prefix);
        var part = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
        map.forEach(
            (key, value) -> {
              if (range.contains(key)) {
                part.put(key, value);
              }
            });
        compare(engine.cursor(index, range, -1, false), part);
        compare(engine.cursor(index, range, -1, true), part.descendingMap());
      }
    }
  }

  @Test
  void givesTheValueBackThoughTheReaderThrows() throws IOException {
    try (Engine engine = EngineRun.open(new SimDisk(1, 1L << 30), EngineRun.TINY)) {
      Index index = engine.index("a");
      EngineRun.write(
              engine,
              List.of(new WriteBatch().put(index, new byte[] {1}, new byte[] {2})),
              Durability.OS)
          .forEach(done -> assertThat(done).isCompleted());
      engine.rotate();
      EngineRun.settle(engine);

      assertThatThrownBy(
              () ->
                  engine.read(
                      index,
                      new byte[] {1},
                      -1,
                      value -> {
                        throw new IllegalStateException("of " + value.byteSize() + " bytes");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("of 1 bytes");
      assertThatThrownBy(
              () ->
                  engine.read(
                      index,
                      new byte[] {1},
                      -1,
                      value -> {
                        value.set(ValueLayout.JAVA_BYTE, 0, (byte) 3);
                        return value;
                      }))
          .as("it is read-only")
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(engine.read(index, new byte[] {9}, -1, InPlaceTest::copy)).isNull();
    }
  }

  private static void compare(Cursor cursor, NavigableMap<byte[], byte[]> map) {
    try (cursor) {
      map.forEach(
          (key, value) -> {
            assertThat(cursor.next()).isTrue();
            assertThat(copy(cursor.keySegment())).isEqualTo(key);
            assertThat(copy(cursor.valueSegment())).isEqualTo(value);
            assertThat(cursor.key()).isEqualTo(key);
            assertThat(cursor.value()).isEqualTo(value);
          });
      assertThat(cursor.next()).isFalse();
      assertThatThrownBy(cursor::valueSegment).isInstanceOf(IllegalStateException.class);
    }
  }

  private static byte[] copy(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  /** Many share their first bytes, some are prefixes of others, some start with 0xff. */
  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(14)];
    Arrays.fill(key, (byte) 0x77);
    key[0] = (byte) (random.nextInt(3) == 0 ? 0xff : random.nextInt(4));
    key[key.length - 1] = (byte) random.nextInt(256);
    return key;
  }
}
