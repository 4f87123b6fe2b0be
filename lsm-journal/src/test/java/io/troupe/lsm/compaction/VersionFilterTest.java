package io.troupe.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.entry.Delta;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class VersionFilterTest {

  private static final int KEYS = 6;
  private static final String GONE = "gone";

  private record Version(int key, long sequence, byte kind, byte[] value) {}

  /**
   * Every snapshot, and who reads now, sees the same before and after, through what lies deeper;
   * and of what is kept, somebody sees everything.
   */
  @Property(tries = 3_000)
  void changesNothingThatAnyoneSees(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var pinned = new TreeSet<Long>();
    for (int left = random.nextInt(4); left > 0; left--) {
      pinned.add(10 + (long) random.nextInt(50));
    }
    long[] snapshots = pinned.stream().mapToLong(Long::longValue).toArray();
    List<Version> deep = versions(random, 1, 20);
    if (random.nextBoolean()) {
      deep.removeIf(version -> random.nextBoolean());
    }
    List<Version> merged = versions(random, 20, 60);
    List<RangeTombstone> deletes = new ArrayList<>();
    for (int left = random.nextInt(4); left > 0; left--) {
      int from = random.nextInt(KEYS);
      int to = from + 1 + random.nextInt(KEYS - from);
      deletes.add(new RangeTombstone(key(from), key(to), 20 + random.nextInt(40)));
    }
    RangeTombstones ranges = RangeTombstones.of(deletes);

    List<Version> kept = new ArrayList<>();
    try (var filter = new VersionFilter(new Listed(merged), snapshots, ranges, deeper(deep))) {
      while (filter.next()) {
        kept.add(
            new Version(filter.copyKey()[0], filter.sequence(), filter.kind(), filter.copyValue()));
      }
    }
    RangeTombstones keptRanges = VersionFilter.ranges(ranges, snapshots, deeper(deep));

    pinned.add(Long.MAX_VALUE);
    for (int key = 0; key < KEYS; key++) {
      for (long reader : pinned) {
        assertThat(read(kept, deep, keptRanges, key, reader))
            .as("key %s at %s", key, reader)
            .isEqualTo(read(merged, deep, ranges, key, reader));
      }
    }
    assertThat(kept)
        .isSortedAccordingTo(
            Comparator.comparingInt(Version::key)
                .thenComparing(Version::sequence, Comparator.reverseOrder()));
    for (int i = 1; i < kept.size(); i++) {
      Version newer = kept.get(i - 1);
      Version older = kept.get(i);
      if (newer.key() == older.key() && older.value().length != 3) {
        assertThat(pinned.ceiling(older.sequence()))
            .as("a reader of its own")
            .isNotEqualTo(pinned.ceiling(newer.sequence()));
      }
    }
    if (deep.isEmpty() && snapshots.length == 0) {
      assertThat(kept)
          .extracting(Version::kind)
          .containsOnly(kept.isEmpty() ? new Byte[0] : new Byte[] {Kind.PUT, Kind.MERGE});
      assertThat(keptRanges.isEmpty()).isTrue();
    }
  }

  private static List<Version> versions(Random random, int from, int to) {
    List<Version> versions = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      for (long sequence = to - 1L - random.nextInt(12);
          sequence >= from;
          sequence -= 1 + random.nextInt(9)) {
        versions.add(
            switch (random.nextInt(8)) {
              case 0, 1 -> new Version(key, sequence, Kind.DELETE, new byte[0]);
              case 2, 3, 4 ->
                  new Version(key, sequence, Kind.MERGE, Delta.value(random.nextInt(100)));
              case 5 -> new Version(key, sequence, Kind.PUT, new byte[3]);
              default -> new Version(key, sequence, Kind.PUT, Delta.value(random.nextInt(100)));
            });
      }
    }
    return versions;
  }

  /** What a reader is told, by going through all versions. */
  private static String read(
      List<Version> newer, List<Version> deep, RangeTombstones ranges, int key, long reader) {
    long sum = 0;
    boolean counted = false;
    List<Version> all = new ArrayList<>(newer);
    all.addAll(deep);
    for (Version version : all) {
      if (version.key() != key || version.sequence() > reader) {
        continue;
      }
      if (ranges.newest(key(key), reader) > version.sequence() || version.kind() == Kind.DELETE) {
        break;
      }
      boolean number = version.value().length == Delta.BYTES;
      long value = number ? Delta.at(MemorySegment.ofArray(version.value()), 0) : 0;
      if (version.kind() == Kind.PUT) {
        return number ? "" + (sum + value) : counted ? "no counter" : "text";
      }
      sum += value;
      counted = true;
    }
    return counted ? "" + sum : GONE;
  }

  private static Deeper deeper(List<Version> deep) {
    var version = io.troupe.lsm.version.Version.empty();
    if (!deep.isEmpty()) {
      var table =
          new TableMeta(
              1, 0, 1, 1, 0, 1, 19, key(deep.getFirst().key()), key(deep.getLast().key()));
      version =
          version.apply(
              new VersionEdit(
                  List.of(), List.of(new VersionEdit.Added(6, table)), List.of(), 0, 0, 0));
    }
    return new Deeper(
        version, 0, 5, (table, key, length) -> deep.stream().anyMatch(v -> v.key() == key[0]));
  }

  private static byte[] key(int key) {
    return new byte[] {(byte) key};
  }

  /** Versions as a source yields them. */
  private static final class Listed implements EntryCursor {
    private final List<Version> versions;
    private int at = -1;

    Listed(List<Version> versions) {
      this.versions = versions;
    }

    @Override
    public boolean next() {
      return ++at < versions.size();
    }

    @Override
    public byte[] keyBuffer() {
      return key(versions.get(at).key());
    }

    @Override
    public int keyLength() {
      return 1;
    }

    @Override
    public long sequence() {
      return versions.get(at).sequence();
    }

    @Override
    public byte kind() {
      return versions.get(at).kind();
    }

    @Override
    public MemorySegment valueMemory() {
      return MemorySegment.ofArray(versions.get(at).value());
    }

    @Override
    public long valueOffset() {
      return 0;
    }

    @Override
    public int valueLength() {
      return versions.get(at).value().length;
    }
  }
}
