package io.troupe.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The picker over tables that are maps, with up to three compactions in progress that end in any
 * order, while memtables go on to come.
 */
class CompactionSimTest {

  private static final int ENTRY_BYTES = 10;
  private static final int TABLE_BYTES = 100;
  private static final int MEMTABLE_BYTES = 200;
  private static final int KEYS = 4_000;

  /** Of each key, the newest sequence number; negative for a delete. */
  private final Map<Long, NavigableMap<Integer, Long>> tables = new HashMap<>();

  private final NavigableMap<Integer, Long> model = new TreeMap<>();
  private final CompactionPicker picker = new CompactionPicker(MEMTABLE_BYTES, TABLE_BYTES);
  private final Busy busy = new Busy();
  private Version version = Version.empty();
  private long sequence;
  private long files;

  @Property(tries = 60)
  void keepsTheNewestOfAllAndComesToRest(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    int span = random.nextBoolean() ? KEYS : 60;
    List<Compaction> running = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      switch (random.nextInt(3)) {
        case 0 -> flush(random, span);
        case 1 -> {
          if (running.size() < 3) {
            pick().ifPresent(running::add);
          }
        }
        default -> {
          if (!running.isEmpty()) {
            finish(running.remove(random.nextInt(running.size())));
          }
        }
      }
    }
    for (Compaction left : running) {
      finish(left);
    }
    int steps = 0;
    for (Optional<Compaction> next = pick(); next.isPresent(); next = pick()) {
      finish(next.get());
      assertThat(++steps).as("seed %s", seed).isLessThan(500);
    }

    for (int key = 0; key < KEYS; key++) {
      Long expected = model.get(key);
      assertThat(read(key))
          .as("seed %s, key %s", seed, key)
          .isEqualTo(expected == null ? 0 : expected);
    }
    assertThat(picker.pendingBytes(version)).isZero();
    long last = version.bytes(0, Version.LEVELS - 1);
    long above = 0;
    for (int level = 1; level < Version.LEVELS - 1; level++) {
      above += version.bytes(0, level);
    }
    assertThat(above).as("seed %s", seed).isLessThanOrEqualTo(last / 9 + 1);
    assertThat(version.maxLevel0()).isLessThan(CompactionPicker.LEVEL0_TRIGGER);
  }

  private void flush(Random random, int span) throws IOException {
    var memtable = new TreeMap<Integer, Long>();
    int from = random.nextInt(KEYS - span + 1);
    boolean deleting = random.nextInt(4) == 0;
    for (int i = 0; i < MEMTABLE_BYTES / ENTRY_BYTES; i++) {
      int key = from + random.nextInt(span);
      boolean delete = deleting || random.nextInt(5) == 0;
      sequence++;
      memtable.put(key, delete ? -sequence : sequence);
      if (delete) {
        model.remove(key);
      } else {
        model.put(key, sequence);
      }
    }
    var deeper = new Deeper(version, 0, -1, this::mayHave);
    List<VersionEdit.Added> added = new ArrayList<>();
    write(memtable, deeper, OutputCuts.none(), 0, added);
    version = version.apply(new VersionEdit(List.of(), added, List.of(), 0, 0, 0));
  }

  private Optional<Compaction> pick() throws IOException {
    Optional<Compaction> picked =
        picker.pick(
            version,
            busy,
            new CompactionPicker.Circumstances(new long[0], false, index -> RangeTombstones.NONE));
    picked.ifPresent(busy::begin);
    return picked;
  }

  private void finish(Compaction compaction) throws IOException {
    List<VersionEdit.Removed> removed = new ArrayList<>();
    List<VersionEdit.Added> added = new ArrayList<>();
    var merged = new TreeMap<Integer, Long>();
    for (TableMeta table : compaction.inputs()) {
      int level =
          compaction.upper().contains(table) ? compaction.level() : compaction.outputLevel();
      removed.add(new VersionEdit.Removed(0, level, table.number()));
      if (compaction.kind() == Compaction.Kind.MOVE) {
        added.add(new VersionEdit.Added(compaction.outputLevel(), table));
      } else {
        contents(table.number())
            .forEach(
                (key, at) -> merged.merge(key, at, (a, b) -> Math.abs(a) > Math.abs(b) ? a : b));
      }
    }
    write(
        merged,
        new Deeper(version, 0, compaction.outputLevel(), this::mayHave),
        new OutputCuts(CompactionPicker.grandparents(version, compaction), TABLE_BYTES),
        compaction.outputLevel(),
        added);
    version = version.apply(new VersionEdit(List.of(), added, removed, 0, 0, 0));
    busy.end(compaction);
  }

  private void write(
      NavigableMap<Integer, Long> merged,
      Deeper deeper,
      OutputCuts cuts,
      int level,
      List<VersionEdit.Added> added)
      throws IOException {
    var table = new TreeMap<Integer, Long>();
    for (Map.Entry<Integer, Long> entry : merged.entrySet()) {
      byte[] key = key(entry.getKey());
      if (entry.getValue() < 0 && !deeper.mayHave(key, key.length)) {
        continue;
      }
      if (cuts.before(key, key.length, (long) table.size() * ENTRY_BYTES)) {
        added.add(new VersionEdit.Added(level, table(table)));
        table = new TreeMap<>();
      }
      table.put(entry.getKey(), entry.getValue());
    }
    if (!table.isEmpty()) {
      added.add(new VersionEdit.Added(level, table(table)));
    }
  }

  private TableMeta table(NavigableMap<Integer, Long> contents) {
    tables.put(++files, contents);
    long highest = contents.values().stream().mapToLong(Math::abs).max().orElse(0);
    return new TableMeta(
        files,
        0,
        (long) contents.size() * ENTRY_BYTES,
        contents.size(),
        contents.values().stream().filter(at -> at < 0).count(),
        1,
        highest,
        key(contents.firstKey()),
        key(contents.lastKey()));
  }

  /** As a reader does: the first level that has the key tells. */
  private long read(int key) {
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.level(0, level)) {
        Long found = contents(table.number()).get(key);
        if (found != null) {
          return Math.max(0, found);
        }
      }
    }
    return 0;
  }

  private NavigableMap<Integer, Long> contents(long table) {
    NavigableMap<Integer, Long> contents = tables.get(table);
    if (contents == null) {
      throw new IllegalStateException("no table " + table);
    }
    return contents;
  }

  private boolean mayHave(long table, byte[] key, int length) {
    return contents(table).containsKey(ByteBuffer.wrap(key, 0, length).getInt());
  }

  private static byte[] key(int key) {
    return ByteBuffer.allocate(4).putInt(key).array();
  }
}
