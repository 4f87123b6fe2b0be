package io.troupe.lsm.group;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Reader;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEntry;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/** What the simulated group keeps: its ranges, random changes of them, and the same in a map. */
final class SimState {

  private static final HexFormat HEX = HexFormat.of();

  static final GroupRanges RANGES =
      new GroupRanges(
          List.of(
              new GroupRanges.Owned("a", KeyRange.between(new byte[] {0x20}, new byte[] {0x60})),
              new GroupRanges.Owned("b", KeyRange.prefix(new byte[] {5})),
              new GroupRanges.Owned("c", KeyRange.from(new byte[] {(byte) 0x80}))));

  /** Keys of others, as near as can be. */
  private static final List<String> NEIGHBOURS =
      List.of("a1fff", "a60", "a70", "b04ff", "b06", "c7fff", "c01");

  private SimState() {}

  static void neighbours(WriteBatch batch, Function<String, Index> indices) {
    for (String name : NEIGHBOURS) {
      Index index = indices.apply(name.substring(0, 1));
      batch.put(index, HEX.parseHex(name.substring(1)), new byte[] {42});
    }
  }

  /** What lies outside of the group's ranges, in all indices of the group. */
  static NavigableMap<String, String> outside(Reader reader, Function<String, Index> indices) {
    var found = new TreeMap<String, String>();
    for (String name : List.of("a", "b", "c")) {
      scan(reader, indices.apply(name), KeyRange.all(), found);
    }
    inside(reader, indices).keySet().forEach(found::remove);
    return found;
  }

  /** What lies in the group's ranges. */
  static NavigableMap<String, String> inside(Reader reader, Function<String, Index> indices) {
    var found = new TreeMap<String, String>();
    for (GroupRanges.Owned owned : RANGES.ranges()) {
      scan(reader, indices.apply(owned.index()), owned.range(), found);
    }
    return found;
  }

  private static void scan(
      Reader reader, Index index, KeyRange range, NavigableMap<String, String> found) {
    try (Cursor cursor = reader.cursor(index, range)) {
      while (cursor.next()) {
        found.put(name(index, cursor.key()), HEX.formatHex(cursor.value()));
      }
    }
  }

  private static String name(Index index, byte[] key) {
    return index.name() + HEX.formatHex(key);
  }

  /** A random change; no two are the same. */
  static WriteBatch change(Random random, int number, Function<String, Index> indices) {
    var batch = new WriteBatch();
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      byte[] a = {(byte) (0x20 + random.nextInt(12))};
      byte[] b = {5, (byte) random.nextInt(4)};
      byte[] c = {(byte) (0x80 + random.nextInt(6)), (byte) 0xff};
      byte[] value = new byte[random.nextInt(60)];
      random.nextBytes(value);
      switch (random.nextInt(8)) {
        case 0 -> batch.delete(indices.apply("a"), a);
        case 1 ->
            batch.deleteRange(
                indices.apply("a"), a, new byte[] {(byte) (a[0] + 1 + random.nextInt(6))});
        case 2 -> batch.put(indices.apply("b"), b, value);
        case 3 -> batch.delete(indices.apply("b"), b);
        case 4, 5 -> batch.add(indices.apply("c"), c, random.nextInt(100));
        default -> batch.put(indices.apply("a"), a, value);
      }
    }
    byte[] last = {0x5f, (byte) (number % 4)};
    batch.put(indices.apply("a"), last, ByteBuffer.allocate(4).putInt(number).array());
    return batch;
  }

  /** The state after one more entry. */
  static NavigableMap<String, String> after(NavigableMap<String, String> before, LogEntry entry) {
    var state = new TreeMap<>(before);
    if (entry.content() instanceof LogEntry.Batch(byte[] bytes)) {
      PortableBatch.decode(bytes, RANGES, name -> new Index(name, 0), new ToMap(state));
    }
    return state;
  }

  private record ToMap(NavigableMap<String, String> state) implements WriteBatch.Visitor {
    @Override
    public void put(Index index, byte[] key, byte[] value) {
      state.put(name(index, key), HEX.formatHex(value));
    }

    @Override
    public void delete(Index index, byte[] key) {
      state.remove(name(index, key));
    }

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {
      state.subMap(name(index, from), name(index, to)).clear();
    }

    @Override
    public void add(Index index, byte[] key, long delta) {
      String name = name(index, key);
      String before = state.get(name);
      long sum = before == null ? 0 : HexFormat.fromHexDigitsToLong(before);
      state.put(name, HEX.toHexDigits(sum + delta));
    }
  }
}
