package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
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

  /** What a batch does, in the order in which it does it. */
  private enum What {
    PUT,
    DELETE,
    /** The value is the first key behind the range. */
    DELETE_RANGE,
    /** The value is what is added. */
    ADD
  }

  private record Change(What what, String index, byte[] key, byte[] value) {}

  private final List<List<Change>> batches = new ArrayList<>();

  /** The contents after the first {@code count} batches. */
  List<NavigableMap<byte[], byte[]>> after(int count) {
    List<NavigableMap<byte[], byte[]>> maps = new ArrayList<>();
    NAMES.forEach(name -> maps.add(new TreeMap<>(Arrays::compareUnsigned)));
    for (List<Change> batch : batches.subList(0, count)) {
      for (Change change : batch) {
        NavigableMap<byte[], byte[]> map = maps.get(NAMES.indexOf(change.index()));
        switch (change.what()) {
          case PUT -> map.put(change.key(), change.value());
          case DELETE -> map.remove(change.key());
          case DELETE_RANGE -> map.subMap(change.key(), change.value()).clear();
          case ADD -> map.merge(change.key(), change.value(), Model::sum);
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
      changes.add(change(random, keys, maxValue));
    }
    for (Change change : changes) {
      Index index = engine.index(change.index());
      switch (change.what()) {
        case PUT -> batch.put(index, change.key(), change.value());
        case DELETE -> batch.delete(index, change.key());
        case DELETE_RANGE -> batch.deleteRange(index, change.key(), change.value());
        case ADD -> batch.add(index, change.key(), ByteBuffer.wrap(change.value()).getLong());
      }
    }
    batches.add(changes);
    batch.put(
        engine.index(COUNT),
        COUNT_KEY,
        Integer.toString(batches.size()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return batch;
  }

  private static Change change(Random random, int keys, int maxValue) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    boolean counters = name.equals(NAMES.getLast());
    byte[] key = key(random.nextInt(keys));
    int what = random.nextInt(24);
    if (what < 2) {
      byte[] other = key(random.nextInt(keys));
      int order = Arrays.compareUnsigned(key, other);
      if (order != 0) {
        return new Change(
            What.DELETE_RANGE, name, order < 0 ? key : other, order < 0 ? other : key);
      }
    }
    if (what < 8) {
      return new Change(What.DELETE, name, key, new byte[0]);
    }
    if (counters) {
      byte[] number = ByteBuffer.allocate(8).putLong(random.nextInt(1000) - 500).array();
      return new Change(what < 20 ? What.ADD : What.PUT, name, key, number);
    }
    byte[] value = new byte[random.nextInt(maxValue)];
    random.nextBytes(value);
    return new Change(What.PUT, name, key, value);
  }

  private static byte[] sum(byte[] a, byte[] b) {
    return ByteBuffer.allocate(8)
        .putLong(ByteBuffer.wrap(a).getLong() + ByteBuffer.wrap(b).getLong())
        .array();
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
