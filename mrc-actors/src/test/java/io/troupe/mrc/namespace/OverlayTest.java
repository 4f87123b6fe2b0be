package io.troupe.mrc.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Changes over committed records read as if they were committed. */
class OverlayTest {
  /** A key of one or two bytes, so that one may be a prefix of another; no value deletes. */
  record Change(byte[] key, Optional<byte[]> value) {}

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<byte[]> keys =
        Arbitraries.of((byte) 0, (byte) 1, (byte) 127, (byte) -128, (byte) -1)
            .array(byte[].class)
            .ofMinSize(1)
            .ofMaxSize(2);
    Arbitrary<Optional<byte[]>> values =
        Arbitraries.bytes().array(byte[].class).ofSize(1).optional(0.6);
    return Combinators.combine(keys, values).as(Change::new).list().ofMaxSize(25);
  }

  @Property
  void readsAsIfItWereCommitted(
      @ForAll("changes") List<Change> before,
      @ForAll("changes") List<Change> batch,
      @ForAll @IntRange(max = 255) int from,
      @ForAll @IntRange(max = 255) int to,
      @ForAll @IntRange(min = 1, max = 12) int enough) {
    MapRecords committed = new MapRecords();
    TreeMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
    Overlay first = new Overlay(committed);
    before.forEach(c -> apply(first, expected, c));
    committed.commit(first);
    Overlay overlay = new Overlay(committed);
    batch.forEach(c -> apply(overlay, expected, c));
    byte[] low = {(byte) Math.min(from, to)};
    byte[] high = {(byte) Math.max(from, to)};

    assertThat(scan(overlay, low, high, enough))
        .isEqualTo(
            expected.subMap(low, high).entrySet().stream()
                .limit(enough)
                .map(OverlayTest::show)
                .toList());
    for (Change c : batch) {
      assertThat(overlay.get(Table.XATTR, c.key()).map(Arrays::toString))
          .isEqualTo(Optional.ofNullable(expected.get(c.key())).map(Arrays::toString));
      assertThat(overlay.get(Table.INODE, c.key())).isEmpty();
    }
    committed.commit(overlay);
    assertThat(scan(committed, new byte[0], new byte[] {-1, -1, -1}, 1000))
        .isEqualTo(expected.entrySet().stream().map(OverlayTest::show).toList());
  }

  private static void apply(Overlay overlay, Map<byte[], byte[]> expected, Change c) {
    if (c.value().isPresent()) {
      overlay.put(Table.XATTR, c.key(), c.value().get());
      expected.put(c.key(), c.value().get());
    } else {
      overlay.delete(Table.XATTR, c.key());
      expected.remove(c.key());
    }
  }

  private static List<String> scan(Records records, byte[] from, byte[] to, int enough) {
    List<String> seen = new ArrayList<>();
    records.scan(
        Table.XATTR,
        from,
        to,
        (key, value) -> {
          seen.add(show(Map.entry(key, value)));
          return seen.size() < enough;
        });
    return seen;
  }

  private static String show(Map.Entry<byte[], byte[]> e) {
    return Arrays.toString(e.getKey()) + "=" + Arrays.toString(e.getValue());
  }
}
