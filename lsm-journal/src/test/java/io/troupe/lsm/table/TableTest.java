package io.troupe.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.Compression;
import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.version.TableMeta;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final long NUMBER = 7;

  private record Entry(byte[] key, long sequence, byte kind, byte[] value) {}

  /** Tables of all compressions and block sizes, read with caches from nothing to plenty. */
  @Property(tries = 150)
  void findsWhatWasWritten(@ForAll long seed, @ForAll Compression compression) throws IOException {
    var random = new Random(seed);
    List<Entry> entries = entries(random);
    var disk = new SimDisk(seed, 1L << 30);
    TableMeta meta = write(disk, entries, 256 << random.nextInt(6), compression);
    var blocks = new BlockCache(random.nextBoolean() ? 0 : random.nextInt(120_000));
    var tables = new TableCache(disk, blocks, 1);

    assertThat(meta.entries()).isEqualTo(entries.size());
    assertThat(meta.bytes()).isEqualTo(disk.bytes(TableFormat.fileName(NUMBER)).length);
    assertThat(meta.smallest()).isEqualTo(entries.getFirst().key());
    assertThat(meta.largest()).isEqualTo(entries.getLast().key());
    for (int i = 0; i < 200; i++) {
      byte[] key = i % 2 == 0 ? key(random) : entries.get(random.nextInt(entries.size())).key();
      checkFind(tables, entries, key, random.nextInt(60));
    }
    for (int i = 0; i < 5; i++) {
      byte[] bound = key(random);
      List<Entry> above =
          entries.stream().filter(e -> Arrays.compareUnsigned(e.key(), bound) >= 0).toList();
      List<Entry> below =
          entries.stream()
              .filter(e -> Arrays.compareUnsigned(e.key(), bound) < 0)
              .toList()
              .reversed();
      compare(tables.ascending(NUMBER, bound, random.nextBoolean()), above);
      compare(tables.descending(NUMBER, bound), below);
    }
    compare(tables.ascending(NUMBER, new byte[0], false), entries);
    compare(tables.ascending(NUMBER, new byte[0], true), entries);
    compare(tables.descending(NUMBER), entries.reversed());
    tables.close();
    assertThat(blocks.bytes()).isZero();
  }

  @Test
  void splitsTheIndexOfALargeTable() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      byte[] key = new byte[40];
      Arrays.fill(key, (byte) 'k');
      key[10] = (byte) (i >>> 16);
      key[11] = (byte) (i >>> 8);
      key[12] = (byte) i;
      entries.add(new Entry(key, 1000 - i % 7, Kind.PUT, new byte[] {(byte) i, 1, 2}));
    }
    var disk = new SimDisk(1, 1L << 30);
    write(disk, entries, 1024, Compression.LZ4);
    var blocks = new BlockCache(1 << 20);
    var tables = new TableCache(disk, blocks, 4);

    try (Closing table = new Closing(Table.open(disk, NUMBER, tables))) {
      assertThat(table.table().fence().parts()).isBetween(3, 200);
    }
    compare(tables.ascending(NUMBER, new byte[0], true), entries);
    compare(tables.descending(NUMBER), entries.reversed());
    var random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      Entry entry = entries.get(random.nextInt(entries.size()));
      var found = new Found();
      assertThat(
              tables.find(
                  NUMBER, entry.key(), TableCache.hash(entry.key()), entry.sequence(), found))
          .isTrue();
      assertThat(found.copyValue()).isEqualTo(entry.value());
      found.release();
      int from = entries.indexOf(entry);
      try (EntryCursor cursor = tables.ascending(NUMBER, entry.key(), true)) {
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.copyKey()).isEqualTo(entry.key());
        assertThat(cursor.next()).isEqualTo(from + 1 < entries.size());
      }
      if (i == 200) {
        break; // indexOf makes more slow
      }
    }
    assertThat(blocks.bytes()).isLessThanOrEqualTo(1 << 20);
    tables.close();
  }

  private record Closing(Table table) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      table.release();
    }
  }

  @Test
  void reportsEveryFlippedByte() throws IOException {
    var disk = new SimDisk(2, 1L << 30);
    var random = new Random(2);
    try (var writer = new TableWriter(disk, NUMBER, 1, 512, Compression.LZ4)) {
      for (int i = 0; i < 300; i++) {
        add(
            writer,
            new Entry(new byte[] {1, (byte) (i >>> 8), (byte) i}, 5, Kind.PUT, new byte[9]));
      }
      writer.addRange(new byte[] {3}, new byte[] {4}, 9);
      writer.finish();
    }
    String name = TableFormat.fileName(NUMBER);
    int size = disk.bytes(name).length;
    for (int at = 0; at < size; at++) {
      disk.corrupt(name, at);
      var tables = new TableCache(disk, new BlockCache(random.nextBoolean() ? 0 : 100_000), 2);
      int flipped = at;
      assertThatThrownBy(() -> tables.verify(NUMBER))
          .as("offset %s", at)
          .isInstanceOfSatisfying(
              CorruptionException.class,
              e -> {
                assertThat(e.file()).isEqualTo(name);
                assertThat(e.offset()).isBetween(0L, Math.max(flipped, size - 88L));
              });
      tables.close();
      disk.corrupt(name, at);
    }
    new TableCache(disk, new BlockCache(0), 2).verify(NUMBER);
  }

  @Test
  void refusesAnotherFormatVersion() throws IOException {
    var disk = new SimDisk(2, 1L << 30);
    write(
        disk, List.of(new Entry(new byte[] {1}, 1, Kind.PUT, new byte[1])), 4096, Compression.NONE);
    String name = TableFormat.fileName(NUMBER);
    disk.corrupt(name, disk.bytes(name).length - TableFormat.FOOTER_BYTES + 7);

    assertThatThrownBy(() -> new TableCache(disk, new BlockCache(0), 2).verify(NUMBER))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("format version 19, known is 3");
  }

  @Test
  void keepsRangesBesideEntries() throws IOException {
    var disk = new SimDisk(2, 1L << 30);
    TableMeta meta;
    try (var writer = new TableWriter(disk, NUMBER, 1, 4096, Compression.LZ4)) {
      writer.addRange(new byte[] {5}, new byte[] {9}, 12);
      add(writer, new Entry(new byte[] {6}, 10, Kind.PUT, new byte[] {1}));
      writer.addRange(new byte[] {2}, new byte[] {3}, 8);
      meta = writer.finish();
    }
    var tables = new TableCache(disk, new BlockCache(1 << 16), 2);

    List<RangeTombstone> ranges = tables.ranges(NUMBER).all();
    assertThat(ranges).extracting(RangeTombstone::sequence).containsExactly(8L, 12L);
    assertThat(ranges.getFirst().from()).containsExactly(2);
    assertThat(ranges.getFirst().to()).containsExactly(3);
    assertThat(meta.smallest()).containsExactly(2);
    assertThat(meta.largest()).containsExactly(9);
    assertThat(meta.openEnd()).isTrue();
    assertThat(meta.ranges()).isEqualTo(2);
    assertThat(meta.lowestSequence()).isEqualTo(8);
    assertThat(meta.highestSequence()).isEqualTo(12);
    checkFind(
        tables,
        List.of(new Entry(new byte[] {6}, 10, Kind.PUT, new byte[] {1})),
        new byte[] {6},
        11);
  }

  @Test
  void mayConsistOfRangesOnly() throws IOException {
    var disk = new SimDisk(2, 1L << 30);
    TableMeta meta;
    try (var writer = new TableWriter(disk, NUMBER, 1, 4096, Compression.NONE)) {
      writer.addRange(new byte[] {5}, new byte[] {9}, 12);
      meta = writer.finish();
    }
    var tables = new TableCache(disk, new BlockCache(1 << 16), 2);

    assertThat(meta.entries()).isZero();
    assertThat(meta.smallest()).containsExactly(5);
    assertThat(tables.ranges(NUMBER).all()).hasSize(1);
    compare(tables.ascending(NUMBER, new byte[0], true), List.of());
    compare(tables.ascending(NUMBER, new byte[] {6}, true), List.of());
    compare(tables.descending(NUMBER), List.of());
    compare(tables.descending(NUMBER, new byte[] {6}), List.of());
    checkFind(tables, List.of(), new byte[] {6}, 100);
    tables.verify(NUMBER);
  }

  @Test
  void filterLetsFewStrangersPass() {
    var random = new Random(1);
    long[] hashes = new long[100_000];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = Bloom.hash(("key-" + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    byte[] filter = Bloom.of(hashes, hashes.length);
    MemorySegment memory = MemorySegment.ofArray(filter);
    int passed = 0;
    for (long hash : hashes) {
      assertThat(Bloom.mayContain(memory, 0, filter.length, hash)).isTrue();
    }
    for (int i = 0; i < 100_000; i++) {
      byte[] key = new byte[12];
      random.nextBytes(key);
      passed += Bloom.mayContain(memory, 0, filter.length, Bloom.hash(key)) ? 1 : 0;
    }
    assertThat(passed).isLessThan(2_000);
  }

  private static TableMeta write(
      SimDisk disk, List<Entry> entries, int blockBytes, Compression compression)
      throws IOException {
    try (var writer = new TableWriter(disk, NUMBER, 3, blockBytes, compression)) {
      for (Entry entry : entries) {
        add(writer, entry);
      }
      return writer.finish();
    }
  }

  private static void add(TableWriter writer, Entry entry) throws IOException {
    writer.add(
        entry.key(),
        entry.key().length,
        entry.sequence(),
        entry.kind(),
        MemorySegment.ofArray(entry.value()),
        0,
        entry.value().length);
  }

  private static void checkFind(TableCache tables, List<Entry> entries, byte[] key, long sequence)
      throws IOException {
    var expected =
        entries.stream()
            .filter(e -> Arrays.equals(e.key(), key) && e.sequence() <= sequence)
            .findFirst();
    var found = new Found();
    boolean there = tables.find(NUMBER, key, TableCache.hash(key), sequence, found);
    assertThat(there).isEqualTo(expected.isPresent());
    if (there) {
      assertThat(found.copyValue()).isEqualTo(expected.orElseThrow().value());
      assertThat(found.kind()).isEqualTo(expected.orElseThrow().kind());
      assertThat(found.sequence()).isEqualTo(expected.orElseThrow().sequence());
      found.release();
    }
  }

  private static void compare(EntryCursor cursor, List<Entry> entries) throws IOException {
    try (cursor) {
      for (Entry entry : entries) {
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.copyKey()).isEqualTo(entry.key());
        assertThat(cursor.sequence()).isEqualTo(entry.sequence());
        assertThat(cursor.kind()).isEqualTo(entry.kind());
        assertThat(cursor.copyValue()).isEqualTo(entry.value());
      }
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.next()).isFalse();
    }
  }

  /** Versions in order, of keys that are prefixes of others; empty values, and huge ones. */
  private static List<Entry> entries(Random random) {
    List<Entry> entries = new ArrayList<>();
    int mostly = random.nextInt(200);
    for (int left = 1 + random.nextInt(400); left > 0; left--) {
      int size =
          switch (random.nextInt(30)) {
            case 0 -> 10_000;
            case 1 -> random.nextInt(40) == 0 ? 300_000 : 0;
            default -> random.nextInt(1 + mostly);
          };
      byte[] value = new byte[size];
      if (random.nextBoolean()) {
        random.nextBytes(value);
      }
      byte kind = (byte) random.nextInt(3);
      long sequence = random.nextInt(20) == 0 ? (1L << 56) + left : 1 + random.nextInt(50);
      entries.add(
          new Entry(key(random), sequence, kind, kind == Kind.DELETE ? new byte[0] : value));
    }
    entries.sort((a, b) -> Keys.compare(a.key(), a.sequence(), b.key(), b.sequence()));
    List<Entry> distinct = new ArrayList<>();
    for (Entry entry : entries) {
      if (distinct.isEmpty()
          || distinct.getLast().sequence() != entry.sequence()
          || !Arrays.equals(distinct.getLast().key(), entry.key())) {
        distinct.add(entry);
      }
    }
    return distinct;
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[random.nextInt(20) == 0 ? 200 : 1 + random.nextInt(24)];
    Arrays.fill(key, (byte) (random.nextInt(4) == 0 ? 0xff : 0x80));
    key[key.length - 1] = (byte) random.nextInt(256);
    key[random.nextInt(key.length)] = (byte) random.nextInt(4);
    return key;
  }
}
