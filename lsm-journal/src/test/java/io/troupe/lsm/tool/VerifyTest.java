package io.troupe.lsm.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {

  private static final StoreOptions OPTIONS = StoreOptions.small();
  private static final int FOOTER_BYTES = 88;

  @TempDir Path temporary;
  private Path store = Path.of("");

  /** A store with two tables, and with batches in the log. */
  @BeforeEach
  void write() throws IOException {
    store = temporary.resolve("store");
    Path first = temporary.resolve("first");
    try (Store written = Store.open(first, OPTIONS)) {
      Index a = written.index("a");
      var random = new Random(7);
      for (int i = 0; i < 3_000; i++) {
        byte[] value = new byte[100];
        random.nextBytes(value);
        written.commitAndWait(new WriteBatch().put(a, key(i), value), Durability.OS);
      }
      written.commitAndWait(
          new WriteBatch().put(written.index("b"), key(1), key(2)), Durability.OS);
      written.checkpoint(store);
    }
    try (Store written = Store.open(store, OPTIONS)) {
      Index a = written.index("a");
      written.commitAndWait(new WriteBatch().deleteRange(a, key(10), key(20)), Durability.OS);
      for (int i = 0; i < 40; i++) {
        written.commitAndWait(new WriteBatch().put(a, key(5_000 + i), key(i)), Durability.SYNC);
      }
    }
  }

  @Test
  void aStoreThatWasClosedIsClean() throws IOException {
    assertThat(findings()).isEmpty();
  }

  @Test
  void refusesAStoreThatIsOpen() throws IOException {
    try (Store open = Store.open(store, OPTIONS)) {
      assertThat(open.hasRoom()).isTrue();
      assertThatThrownBy(this::findings)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is open");
    }
  }

  @Test
  void findsABrokenDataBlock() throws IOException {
    Path table = table();
    flip(table, 100);

    assertThat(findings()).haveAtLeastOne(brokenAt(table, 0));
    assertThatThrownBy(this::readAll).isInstanceOf(StoreException.class);
  }

  @Test
  void findsABrokenFooter() throws IOException {
    Path table = table();
    long footer = Files.size(table) - FOOTER_BYTES;
    flip(table, footer + 30);

    assertThat(findings()).haveAtLeastOne(brokenAt(table, footer));
    assertThatThrownBy(this::readAll).isInstanceOf(StoreException.class);
  }

  @Test
  void findsABrokenFilterIndexAndFence() throws IOException {
    Path table = table();
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(table));
    int footer = bytes.limit() - FOOTER_BYTES;
    int fence = (int) bytes.getLong(footer + 40);
    int filter = (int) bytes.getLong(fence + 4);
    int index = (int) bytes.getLong(fence + 16);

    for (int section : new int[] {filter, index, fence}) {
      flip(table, section + 3);
      assertThat(findings()).haveAtLeastOne(brokenAt(table, section));
      flip(table, section + 3);
    }
    assertThat(findings()).isEmpty();
  }

  @Test
  void findsEveryFlippedByteOfATable() throws IOException {
    Path table = table();
    long size = Files.size(table);
    for (long at = 0; at < size; at += 1 + size / 97) {
      flip(table, at);
      assertThat(findings()).as("byte %s", at).anyMatch(Finding::broken);
      flip(table, at);
    }
  }

  @Test
  void findsAMissingTable() throws IOException {
    Path table = table();
    Files.delete(table);

    assertThat(findings()).haveAtLeastOne(brokenAt(table, 0));
  }

  @Test
  void findsABrokenManifestAndCurrent() throws IOException {
    Path manifest = only("manifest-");
    flip(manifest, 40);
    assertThat(findings()).haveAtLeastOne(brokenAt(manifest, 0));
    assertThatThrownBy(this::readAll).isInstanceOf(CorruptionException.class);
    flip(manifest, 40);

    Path current = store.resolve("CURRENT");
    flip(current, 10);
    assertThat(findings()).haveAtLeastOne(brokenAt(current, 16));
    assertThatThrownBy(this::readAll).isInstanceOf(CorruptionException.class);
  }

  @Test
  void findsABrokenFrameInTheMiddleOfTheLog() throws IOException {
    Path segment = log();
    flip(segment, 4096 + 60);

    assertThat(findings()).haveAtLeastOne(brokenAt(segment, 4096));
    assertThatThrownBy(this::readAll).isInstanceOf(CorruptionException.class);
  }

  @Test
  void afterACloseABrokenLastFrameIsNoTornTail() throws IOException {
    Path segment = log();
    List<Integer> frames = frames(segment);
    flip(segment, frames.get(frames.size() - 2) + 50);

    assertThat(findings()).haveAtLeastOne(brokenAt(segment, frames.get(frames.size() - 2)));
    assertThatThrownBy(this::readAll).isInstanceOf(CorruptionException.class);
  }

  @Test
  void withoutTheFrameOfACloseABrokenLastFrameIsATornTail() throws IOException {
    Path segment = log();
    List<Integer> frames = frames(segment);
    flip(segment, frames.getLast() + 40);
    assertThat(findings()).containsExactly(torn(segment, frames.getLast()));
    assertThat(readAll()).isEqualTo(3_000 - 10 + 40);

    byte[] bytes = Files.readAllBytes(segment);
    java.util.Arrays.fill(bytes, frames.getLast(), frames.getLast() + 48, (byte) 0);
    Files.write(segment, bytes);
    flip(segment, frames.get(frames.size() - 2) + 50);

    assertThat(findings()).containsExactly(torn(segment, frames.get(frames.size() - 2)));
    assertThat(readAll()).isEqualTo(3_000 - 10 + 39);
  }

  private static Finding torn(Path segment, int offset) {
    return new Finding(
        false,
        segment.getFileName().toString(),
        offset,
        "the log ends with a frame that does not verify");
  }

  private static List<Integer> frames(Path segment) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
    List<Integer> frames = new ArrayList<>();
    for (int at = 4096;
        bytes.getInt(at) != 0 && bytes.getLong(at + 8) == bytes.getLong(24);
        at += (bytes.getInt(at) + 7) & ~7) {
      frames.add(at);
    }
    return frames;
  }

  @Test
  void notesFilesOfNobody() throws IOException {
    Files.write(store.resolve("spare-0.tmp"), new byte[10]);
    Files.write(store.resolve("notes.txt"), new byte[10]);
    Files.copy(table(), store.resolve("00000000000fffff.sst"));

    List<Finding> findings = findings();

    assertThat(findings).noneMatch(Finding::broken);
    assertThat(findings)
        .extracting(Finding::file)
        .containsExactlyInAnyOrder("spare-0.tmp", "notes.txt", "00000000000fffff.sst");
  }

  @Test
  void anotherFormatVersionIsRefusedByName() throws IOException {
    for (Path file : List.of(only("manifest-"), store.resolve("CURRENT"), log(), table())) {
      byte[] before = Files.readAllBytes(file);
      int start = file.equals(table()) ? before.length - FOOTER_BYTES : 0;
      byte[] changed = before.clone();
      ByteBuffer.wrap(changed).putInt(start + 4, 77);
      Files.write(file, changed);

      assertThat(findings())
          .anySatisfy(
              finding -> {
                assertThat(finding.file()).isEqualTo(file.getFileName().toString());
                assertThat(finding.offset()).isEqualTo(start + 4);
                assertThat(finding.what()).containsPattern("version 77.* [23]$");
              });
      assertThatThrownBy(this::readAll)
          .hasStackTraceContaining(file.getFileName().toString())
          .hasStackTraceContaining("version 77");
      Files.write(file, before);
    }
  }

  @Test
  void dumpsTablesAndLog() throws IOException {
    List<Entry> all = new ArrayList<>();
    Dump.run(store, new Dump.Choice("", new byte[0], true, true, 10_000), all::add, f -> {});
    assertThat(all).extracting(Entry::kind).contains("put", "delete-range");
    assertThat(all.stream().filter(e -> e.file().endsWith(".log"))).hasSize(41);
    assertThat(all.stream().filter(e -> e.file().endsWith(".sst"))).hasSizeGreaterThan(2_990);

    List<Entry> some = new ArrayList<>();
    Dump.run(store, new Dump.Choice("a", key(5_001), false, true, 10), some::add, f -> {});
    assertThat(some).hasSize(1);
    assertThat(some.getFirst().value()).isEqualTo(key(1));

    List<Entry> few = new ArrayList<>();
    Dump.run(store, new Dump.Choice("", new byte[0], true, true, 3), few::add, f -> {});
    assertThat(few).hasSize(3);
  }

  @Test
  void countsWhatIsThere() throws IOException {
    Stats stats = Stats.of(store);

    assertThat(stats.lastSequence()).isEqualTo(3_042);
    assertThat(stats.flushedSequence()).isEqualTo(3_001);
    assertThat(stats.levels()).extracting(Stats.Level::index).contains("a", "b");
    assertThat(stats.levels().stream().mapToLong(Stats.Level::entries).sum()).isEqualTo(3_001);
  }

  private List<Finding> findings() throws IOException {
    List<Finding> found = new ArrayList<>();
    int broken = Verify.run(store, found::add);
    assertThat(found.stream().filter(Finding::broken)).hasSize(broken);
    return found;
  }

  private long readAll() throws IOException {
    long count = 0;
    try (var opened = Store.openReadOnly(store, OPTIONS)) {
      Optional<Index> a = opened.index("a");
      try (Cursor cursor = opened.cursor(a.orElseThrow(), KeyRange.all())) {
        while (cursor.next()) {
          count++;
        }
      }
    }
    return count;
  }

  private static Condition<Finding> brokenAt(Path file, long offset) {
    return new Condition<>(
        f -> f.broken() && f.file().equals(file.getFileName().toString()) && f.offset() == offset,
        "broken: %s at offset %s",
        file.getFileName(),
        offset);
  }

  private Path table() throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files
          .filter(f -> f.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(f -> f.toFile().length()))
          .orElseThrow();
    }
  }

  private Path log() throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files.filter(f -> f.toString().endsWith(".log")).min(Path::compareTo).orElseThrow();
    }
  }

  private Path only(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 0x10;
    Files.write(file, bytes);
  }

  private static byte[] key(int number) {
    return String.format("key-%06d", number).getBytes(UTF_8);
  }
}
