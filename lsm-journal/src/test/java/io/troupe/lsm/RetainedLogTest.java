package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.FileDisk;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.tool.Dump;
import io.troupe.lsm.tool.Entry;
import io.troupe.lsm.tool.Finding;
import io.troupe.lsm.tool.Stats;
import io.troupe.lsm.tool.Verify;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.WalReplay;
import io.troupe.lsm.wal.WalScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments that are kept for those who follow the log, though all in them is in tables. */
class RetainedLogTest {

  private static final int SEGMENT_BYTES = 64 << 10;
  private static final byte[] COUNTER = {1};
  private static final byte[] KEY = {2};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void keepsAsManyAsTheBoundSaysAndAllOfThemCanBeRead(int kept) throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, keeping(kept))) {
      for (int i = 1; i <= 900; i++) {
        add(engine);
        EngineRun.settle(engine);
        if (i % 7 == 0) {
          checkKept(engine, disk, kept);
        }
      }
      assertThat(version(disk).walFrom()).isGreaterThan(8);
    }
  }

  @Test
  void aStartKeepsThemWithinItsOwnBoundAndReplaysNoneTwice() throws IOException {
    SimDisk disk = new SimDisk(1, 64 << 20);
    long count = 0;
    for (int kept : new int[] {3, 3, 2, 5, 0}) {
      long oldest = count == 0 ? 1 : WalReplay.segments(disk).getFirst();
      try (Engine engine = EngineRun.open(disk, keeping(kept))) {
        assertThat(engine.lastSequence()).isEqualTo(count);
        assertThat(counter(engine)).isEqualTo(count);
        assertThat(WalReplay.segments(disk).getFirst())
            .isEqualTo(Math.max(oldest, version(disk).walFrom() - kept));
        checkReadable(engine, disk);
        for (int i = 0; i < 400; i++, count++) {
          add(engine);
          EngineRun.settle(engine);
        }
        checkKept(engine, disk, kept);
      }
      disk = disk.afterPowerLoss();
      try (ReadOnlyStore found = ReadOnlyStore.open(disk, keeping(kept))) {
        assertThat(found.lastSequence()).isEqualTo(count);
        byte[] value = found.get(found.index("a").orElseThrow(), COUNTER).orElseThrow();
        assertThat(ByteBuffer.wrap(value).getLong()).isEqualTo(count);
      }
    }
  }

  @Test
  void toolsTakeThemForWhatTheyAre() throws IOException {
    Path store = directory.resolve("store");
    Path copy = directory.resolve("copy");
    FileDisk disk = FileDisk.in(store);
    try (Engine engine = EngineRun.open(disk, keeping(2))) {
      for (int i = 1; i <= 400; i++) {
        add(engine);
        EngineRun.settle(engine);
      }
      engine.checkpoint(FileDisk.in(copy), Optional.empty());
    }
    Version version = version(disk);
    List<Long> segments = WalReplay.segments(disk);
    assertThat(segments.stream().filter(segment -> segment < version.walFrom())).hasSize(2);

    List<Finding> found = new ArrayList<>();
    assertThat(Verify.run(store, found::add)).isZero();
    assertThat(found).hasSize(2).allMatch(finding -> finding.what().endsWith("does not need"));

    Stats stats = Stats.of(store);
    assertThat(stats.segments()).isEqualTo(segments.size() - 2);
    assertThat(stats.lastSequence()).isEqualTo(400);

    List<Entry> entries = new ArrayList<>();
    Dump.run(store, new Dump.Choice("", new byte[0], false, true, 10_000), entries::add, f -> {});
    assertThat(entries)
        .isNotEmpty()
        .allMatch(entry -> entry.file().compareTo(WalReplay.fileName(version.walFrom())) >= 0);

    Path kept = store.resolve(WalReplay.fileName(segments.getFirst()));
    byte[] bytes = Files.readAllBytes(kept);
    bytes[4096 + 60] ^= 1;
    Files.write(kept, bytes);
    found.clear();
    assertThat(Verify.run(store, found::add)).isZero();
    assertThat(found)
        .contains(
            new Finding(
                false,
                kept.getFileName().toString(),
                4096,
                "a segment that recovery does not need, with a frame that does not verify"));

    try (Engine engine = EngineRun.open(FileDisk.in(store), keeping(2))) {
      assertThat(counter(engine)).isEqualTo(400);
      checkReadable(engine, disk);
    }
    assertThat(Verify.run(copy, finding -> {})).isZero();
    assertThat(WalReplay.segments(FileDisk.in(copy))).isEmpty();
    try (Engine engine = EngineRun.open(FileDisk.in(copy), keeping(2))) {
      assertThat(counter(engine)).isEqualTo(engine.lastSequence()).isGreaterThan(300);
    }
  }

  @Test
  void aFrameThatDoesNotVerifyIsNeverSkippedAtTheEndOfASegment() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, keeping(3))) {
      while (WalReplay.segments(disk).getLast() < 4) {
        add(engine);
        EngineRun.settle(engine);
      }
      WalScan.Frame last = WalScan.read(disk, 1).frames().getLast();
      disk.corrupt(WalReplay.fileName(1), last.offset() + 100);
      try (LogTail tail = engine.tail(1, true, () -> {})) {
        for (long i = 1; i < last.first(); i++) {
          assertThat(tail.poll()).isPresent();
        }
        assertThatThrownBy(tail::poll)
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
            .hasMessageContaining("expected is " + last.first());
        assertThat(tail.position()).isEqualTo(last.first());
      }
    }
  }

  @Test
  void aSegmentThatHasTheNameOfAnotherOneIsCorrupt() throws IOException {
    var disk = new SimDisk(1, 64 << 20);
    try (Engine engine = EngineRun.open(disk, keeping(3))) {
      while (WalReplay.segments(disk).getLast() < 4) {
        add(engine);
        EngineRun.settle(engine);
      }
      disk.rename(WalReplay.fileName(1), WalReplay.fileName(2));
      long first = WalScan.read(disk, 3).frames().getFirst().first();
      try (LogTail tail = engine.tail(first - 1, true, () -> {})) {
        assertThatThrownBy(tail::poll).hasMessageContaining("the segment says that it is 1");
      }
    }
  }

  @Test
  void areGivenUpBeforeABatchIsRefused() throws IOException {
    var disk = new SimDisk(1, 1 << 20);
    StoreOptions options =
        new StoreOptions(SEGMENT_BYTES, 16 << 10, 1 << 20, 8 << 10, 8, 16 << 10, 128 << 10)
            .withWalRetainBytes(1 << 20);
    int stored = 0;
    boolean refused = false;
    try (Engine engine = EngineRun.open(disk, options)) {
      Index index = engine.index("a");
      while (!refused && stored < 10_000) {
        byte[] key = ByteBuffer.allocate(4).putInt(stored).array();
        byte[] value = new byte[1000];
        new Random(stored).nextBytes(value);
        refused =
            EngineRun.write(
                    engine, List.of(new WriteBatch().put(index, key, value)), Durability.SYNC)
                .getFirst()
                .isCompletedExceptionally();
        stored += refused ? 0 : 1;
        EngineRun.settle(engine);
      }
      assertThat(refused).isTrue();
      // No less than without a bound, which FaultTest asks for.
      assertThat(stored * 1000).isGreaterThan(500_000);
      assertThat(WalReplay.segments(disk).getFirst()).isEqualTo(version(disk).walFrom());
      assertThat(disk.list()).noneMatch(name -> name.startsWith("spare-"));
    }
  }

  @Test
  void areGivenUpWhenAFlushMeetsAFullDisk() throws IOException {
    var disk = new SimDisk(1, 2 << 20);
    try (Engine engine = EngineRun.open(disk, keeping(4))) {
      while (version(disk).walFrom() < 6) {
        add(engine);
        EngineRun.settle(engine);
      }
      checkKept(engine, disk, 4);
      add(engine);
      try (DiskFile others = disk.create("of-others")) {
        others.write(0, ByteBuffer.allocate((int) disk.freeBytes() - 100));
      }
      engine.rotate();
      EngineRun.settle(engine);

      assertThat(engine.blockedBySpace()).isFalse();
      assertThat(version(disk).flushedSequence()).isEqualTo(engine.lastSequence());
      assertThat(counter(engine)).isEqualTo(engine.lastSequence());
      add(engine);
    }
  }

  private static void checkKept(Engine engine, Disk disk, int kept) throws IOException {
    long first = WalReplay.segments(disk).getFirst();
    assertThat(first).isEqualTo(Math.max(1, version(disk).walFrom() - kept));
    checkReadable(engine, disk);
  }

  /** From the first batch on that has a frame; and not from the one before. */
  private static void checkReadable(Engine engine, Disk disk) throws IOException {
    long first = engine.lastSequence() + 1;
    for (long segment : WalReplay.segments(disk).reversed()) {
      List<WalScan.Frame> frames = WalScan.read(disk, segment).frames();
      if (!frames.isEmpty() && frames.getFirst().behindGap()) {
        break;
      }
      first = frames.isEmpty() ? first : frames.getFirst().first();
    }
    try (LogTail tail = engine.tail(first, false, () -> {})) {
      for (long i = first; i <= engine.lastSequence(); i++) {
        assertThat(tail.poll().orElseThrow().sequence()).isEqualTo(i);
      }
      assertThat(tail.poll()).isEmpty();
    }
    if (first > 1) {
      try (LogTail tail = engine.tail(first - 1, false, () -> {})) {
        assertThatThrownBy(tail::poll)
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.COMPACTED))
            .hasMessageContaining("starts at batch " + first);
      }
    }
  }

  private static void add(Engine engine) throws IOException {
    Index index = engine.index("a");
    var batch = new WriteBatch().add(index, COUNTER, 1).put(index, KEY, new byte[1_900]);
    assertThat(EngineRun.write(engine, List.of(batch), Durability.SYNC).getFirst()).isCompleted();
  }

  private static long counter(Engine engine) {
    return engine
        .get(engine.index("a"), COUNTER, -1)
        .map(value -> ByteBuffer.wrap(value).getLong())
        .orElse(0L);
  }

  private static Version version(Disk disk) throws IOException {
    return Manifest.load(disk).orElseThrow();
  }

  private static StoreOptions keeping(int segments) {
    return new StoreOptions(SEGMENT_BYTES, 32 << 10, 4 << 20, 64 << 10, 4, 32 << 10, 0)
        .withWalRetainBytes((long) segments * SEGMENT_BYTES);
  }
}
