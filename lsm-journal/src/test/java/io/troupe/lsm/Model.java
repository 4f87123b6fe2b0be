package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** What a store should hold: a sorted map for each index, and the batches that made it. */
final class Model {

  static final List<String> NAMES = List.of("a", "b", "c");

  /** The index whose one key tells how many batches were applied. */
  private static final String COUNT = "count";

  private static final byte[] COUNT_KEY = {1};

  /** One put or delete. */
  record Change(String index, byte[] key, byte[] value, boolean delete) {}

  private final List<List<Change>> batches = new ArrayList<>();

  /** The contents after the first {@code count} batches. */
  List<NavigableMap<byte[], byte[]>> after(int count) {
    List<NavigableMap<byte[], byte[]>> maps = new ArrayList<>();
    NAMES.forEach(name -> maps.add(new TreeMap<>(Arrays::compareUnsigned)));
    for (List<Change> batch : batches.subList(0, count)) {
      for (Change change : batch) {
        NavigableMap<byte[], byte[]> map = maps.get(NAMES.indexOf(change.index()));
        if (change.delete()) {
          map.remove(change.key());
        } else {
          map.put(change.key(), change.value());
        }
      }
    }
    return maps;
  }

  int size() {
    return batches.size();
  }

  /** Forgets what did not survive. */
  void cut(int count) {
    batches.subList(count, batches.size()).clear();
  }

  /** A random batch, remembered. */
  WriteBatch next(Random random, Engine engine, int keys, int maxValue) {
    List<Change> changes = new ArrayList<>();
    var batch = new WriteBatch();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      byte[] key = key(random.nextInt(keys));
      byte[] value = new byte[random.nextInt(maxValue)];
      random.nextBytes(value);
      boolean delete = random.nextInt(3) == 0;
      changes.add(new Change(name, key, value, delete));
      if (delete) {
        batch.delete(engine.index(name), key);
      } else {
        batch.put(engine.index(name), key, value);
      }
    }
    batches.add(changes);
    batch.put(
        engine.index(COUNT),
        COUNT_KEY,
        Integer.toString(batches.size()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return batch;
  }

  /** How many batches the store says it has. */
  static int count(Engine engine) {
    return engine
        .get(engine.index(COUNT), COUNT_KEY, -1)
        .map(value -> Integer.parseInt(new String(value, java.nio.charset.StandardCharsets.UTF_8)))
        .orElse(0);
  }

  /** Keys of different lengths, some of them prefixes of others, some above 0x7f. */
  static byte[] key(int number) {
    byte[] key = new byte[1 + number % 11];
    Arrays.fill(key, (byte) 0xee);
    key[0] = (byte) (number * 37);
    key[key.length - 1] = (byte) (number >>> 3);
    return key;
  }

  /** Compares everything that can be read, at a pinned sequence number or (-1) now. */
  static void check(
      Engine engine,
      List<NavigableMap<byte[], byte[]>> maps,
      long pinned,
      Random random,
      int keys) {
    for (int i = 0; i < NAMES.size(); i++) {
      Index index = engine.index(NAMES.get(i));
      NavigableMap<byte[], byte[]> map = maps.get(i);
      compare(engine.cursor(index, KeyRange.all(), pinned, false), map);
      compare(engine.cursor(index, KeyRange.all(), pinned, true), map.descendingMap());
      byte[] a = key(random.nextInt(keys));
      byte[] b = key(random.nextInt(keys));
      byte[] low = Arrays.compareUnsigned(a, b) < 0 ? a : b;
      byte[] high = Arrays.compareUnsigned(a, b) < 0 ? b : a;
      NavigableMap<byte[], byte[]> part = map.subMap(low, true, high, false);
      compare(engine.cursor(index, KeyRange.between(low, high), pinned, false), part);
      compare(
          engine.cursor(index, KeyRange.between(low, high), pinned, true), part.descendingMap());
      for (int n = 0; n < keys; n += 1 + random.nextInt(3)) {
        byte[] expected = map.get(key(n));
        if (expected == null) {
          assertThat(engine.get(index, key(n), pinned)).isEmpty();
        } else {
          assertThat(engine.get(index, key(n), pinned)).hasValue(expected);
        }
      }
    }
  }

  private static void compare(Cursor cursor, NavigableMap<byte[], byte[]> map) {
    try (cursor) {
      map.forEach(
          (key, value) -> {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.key()).isEqualTo(key);
            assertThat(cursor.value()).isEqualTo(value);
          });
      assertThat(cursor.next()).isFalse();
    }
  }
}
