package io.troupe.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.version.TableMeta;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final byte[] DELETED = new byte[0];

  private record Entry(byte[] key, long sequence, byte @Nullable [] value) {}

  @Property(tries = 100)
  void findsWhatWasWritten(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    List<Entry> entries = entries(random);
    var disk = new SimDisk(seed, 1L << 30);
    TableMeta meta;
    try (var writer = new TableWriter(disk, 7, 3)) {
      for (Entry entry : entries) {
        byte[] value = entry.value();
        byte[] stored = value == null ? DELETED : value;
        writer.add(
            entry.key(),
            entry.key().length,
            entry.sequence(),
            value == null ? Kind.DELETE : entry.sequence() % 5 == 0 ? Kind.MERGE : Kind.PUT,
            MemorySegment.ofArray(stored),
            0,
            stored.length);
      }
      meta = writer.finish();
    }
    var blocks = new BlockCache(random.nextInt(30_000));
    var tables = new TableCache(disk, blocks, 1);

    assertThat(meta.entries()).isEqualTo(entries.size());
    assertThat(meta.bytes()).isEqualTo(disk.bytes(TableFormat.fileName(7)).length);
    assertThat(meta.smallest()).isEqualTo(entries.getFirst().key());
    assertThat(meta.largest()).isEqualTo(entries.getLast().key());
    for (int i = 0; i < 300; i++) {
      byte[] key = key(random);
      long sequence = random.nextInt(60);
      byte[] expected = null;
      for (Entry entry : entries) {
        if (expected == null && Arrays.equals(entry.key(), key) && entry.sequence() <= sequence) {
          expected = entry.value() == null ? DELETED : entry.value();
        }
      }
      var found = new Found();
      boolean there = tables.find(7, key, TableCache.hash(key), sequence, found);
      assertThat(there).isEqualTo(expected != null);
      if (there) {
        assertThat(found.copyValue()).isEqualTo(expected);
        assertThat(found.kind() == Kind.DELETE).isEqualTo(expected == DELETED);
        found.release();
      }
    }
    byte[] bound = key(random);
    List<Entry> above =
        entries.stream().filter(e -> Arrays.compareUnsigned(e.key(), bound) >= 0).toList();
    List<Entry> below =
        entries.stream()
            .filter(e -> Arrays.compareUnsigned(e.key(), bound) < 0)
            .toList()
            .reversed();
    compare(tables.ascending(7, bound, true), above);
    compare(tables.descending(7, bound), below);
    compare(tables.ascending(7, new byte[0], false), entries);
    compare(tables.descending(7), entries.reversed());
    tables.close();
    assertThat(blocks.bytes()).isZero();
  }

  @Test
  void filterLetsFewStrangersPass() {
    var random = new Random(1);
    long[] hashes = new long[100_000];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = Bloom.hash(("key-" + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Bloom bloom = Bloom.of(hashes, hashes.length);
    int passed = 0;
    for (long hash : hashes) {
      assertThat(bloom.mayContain(hash)).isTrue();
    }
    for (int i = 0; i < 100_000; i++) {
      byte[] key = new byte[12];
      random.nextBytes(key);
      passed += bloom.mayContain(Bloom.hash(key)) ? 1 : 0;
    }
    assertThat(passed).isLessThan(2_000);
  }

  private static void compare(EntryCursor cursor, List<Entry> entries) throws IOException {
    for (Entry entry : entries) {
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.copyKey()).isEqualTo(entry.key());
      assertThat(cursor.sequence()).isEqualTo(entry.sequence());
      byte[] value = entry.value();
      assertThat(cursor.kind())
          .isEqualTo(
              value == null ? Kind.DELETE : entry.sequence() % 5 == 0 ? Kind.MERGE : Kind.PUT);
      assertThat(cursor.copyValue()).isEqualTo(value == null ? DELETED : value);
    }
    assertThat(cursor.next()).isFalse();
    cursor.close();
  }

  private static List<Entry> entries(Random random) {
    List<Entry> entries = new ArrayList<>();
    for (int left = 1 + random.nextInt(400); left > 0; left--) {
      byte[] value = new byte[random.nextInt(10) == 0 ? 10_000 : random.nextInt(100)];
      random.nextBytes(value);
      entries.add(
          new Entry(key(random), 1 + random.nextInt(50), random.nextInt(4) == 0 ? null : value));
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
    byte[] key = new byte[1 + random.nextInt(12)];
    Arrays.fill(key, (byte) 0x80);
    key[key.length - 1] = (byte) random.nextInt(256);
    return key;
  }
}
