package io.troupe.lsm;

import static io.troupe.lsm.StoreTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

  private static final StoreOptions BUSY =
      new StoreOptions(64 << 10, 32 << 10, 4 << 20, 64 << 10, 4, 32 << 10, 1 << 20);

  @TempDir Path directory;

  @Test
  void isOneMomentWhileWritesGoOn() throws Exception {
    var stop = new AtomicBoolean();
    Path source = directory.resolve("store");
    List<Long> copies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Store store = Store.open(source, BUSY)) {
      Index up = store.index("up");
      Index down = store.index("down");
      Future<Long> writer =
          threads.submit(
              () -> {
                long number = 0;
                while (!stop.get()) {
                  number++;
                  byte[] value = ByteBuffer.allocate(200).putLong(number).array();
                  StoreTest.commit(
                      store,
                      new WriteBatch().put(up, key(number), value).put(down, key(-number), value));
                }
                return number;
              });
      for (int i = 0; i < 4; i++) {
        long before = store.stats().lastSequence();
        long copied = store.checkpoint(directory.resolve("copy" + i));
        assertThat(copied).isGreaterThanOrEqualTo(before);
        copies.add(copied);
      }
      stop.set(true);
      assertThat(writer.get(20, TimeUnit.SECONDS)).isPositive();
    }
    for (int i = 0; i < copies.size(); i++) {
      try (Store copy = Store.open(directory.resolve("copy" + i), BUSY)) {
        long count = 0;
        try (Cursor cursor = copy.cursor(copy.index("up"), KeyRange.all())) {
          while (cursor.next()) {
            count++;
            assertThat(ByteBuffer.wrap(cursor.key()).getLong()).isEqualTo(count);
            assertThat(cursor.sequence()).isEqualTo(count);
            assertThat(copy.get(copy.index("down"), key(-count))).isPresent();
          }
        }
        assertThat(count).isEqualTo(copies.get(i));
        assertThat(StoreTest.commit(copy, new WriteBatch().put(copy.index("up"), key(0), key(0))))
            .isEqualTo(count + 1);
      }
    }
  }

  @Test
  void unchangedTablesAreLinksAndStayWhenTheStoreDropsThem() throws Exception {
    Path copy = directory.resolve("copy");
    try (Store store = Store.open(directory.resolve("store"), BUSY)) {
      Index a = store.index("a");
      StoreTest.commit(store, new WriteBatch().put(a, bytes("k"), bytes("v")));
      store.checkpoint(copy);
      Path table = files(copy, ".sst").getFirst();
      assertThat(Files.getAttribute(table, "unix:nlink")).isEqualTo(2);
      for (int i = 0; i < 2_000; i++) {
        StoreTest.commit(store, new WriteBatch().put(a, bytes("k" + i % 7), new byte[500]));
      }
    }
    try (ReadOnlyStore opened = Store.openReadOnly(copy, BUSY)) {
      assertThat(opened.get(opened.index("a").orElseThrow(), bytes("k"))).hasValue(bytes("v"));
    }
  }

  @Test
  void anEarlierCheckpointElsewhereLendsItsTables() throws IOException {
    var here = new SimDisk(1, 1L << 30);
    var elsewhere = new SimDisk(2, 1L << 30); // no links between the two
    try (Engine engine = EngineRun.open(here, EngineRun.TINY)) {
      write(engine, 30);
      engine.rotate();
      EngineRun.settle(engine);
      engine.checkpoint(elsewhere, Optional.empty());
      SimDisk second = elsewhere.directory();
      long start = elsewhere.operations();
      engine.checkpoint(second, Optional.of(elsewhere));
      long linked = elsewhere.operations() - start;
      engine.checkpoint(elsewhere.directory(), Optional.empty());
      long copied = elsewhere.operations() - start - linked;

      long tables = second.list().stream().filter(name -> name.endsWith(".sst")).count();
      assertThat(tables).isPositive();
      // A link is one operation, a copy at least a creation, a write and a sync.
      assertThat(copied - linked).isGreaterThanOrEqualTo(2 * tables);
    }
  }

  @Test
  void anUnfinishedCopyIsNeverOpenedAndIsBegunAnew() throws IOException {
    for (long at = 0; at < 200; at++) {
      SimDisk disk = new SimDisk(at, 1L << 30);
      SimDisk target = disk.directory();
      boolean done = false;
      try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
        write(engine, 10);
        engine.rotate();
        EngineRun.settle(engine);
        disk.losePowerAt(disk.operations() + at);
        engine.checkpoint(target, Optional.empty());
        done = true;
      } catch (SimDisk.PowerLoss e) {
        assertThat(disk.isDead()).isTrue();
      }
      boolean alive = !disk.isDead();
      SimDisk found = target.afterPowerLoss();
      if (done) {
        try (Engine copy = EngineRun.open(found, EngineRun.TINY)) {
          assertThat(copy.lastSequence()).isEqualTo(10);
          assertThat(copy.get(copy.index("a"), new byte[] {1, 9}, -1)).isPresent();
        }
        if (alive) {
          return;
        }
        continue;
      }
      if (found.list().isEmpty()) {
        continue; // not begun
      }
      try (ReadOnlyStore copy = ReadOnlyStore.open(found, EngineRun.TINY)) {
        assertThat(copy.lastSequence()).as("whole, though nobody was told").isEqualTo(10);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("not finished");
        assertThatThrownBy(() -> EngineRun.open(found, EngineRun.TINY))
            .hasMessageContaining("not finished");
        try (Engine engine = EngineRun.open(disk.afterPowerLoss(), EngineRun.TINY)) {
          engine.checkpoint(found, Optional.empty());
        }
        try (Engine copy = EngineRun.open(found, EngineRun.TINY)) {
          assertThat(copy.lastSequence()).isEqualTo(10);
        }
      }
    }
    throw new AssertionError("the checkpoint never ended");
  }

  @Test
  void restoresOnlyWhatVerifies() throws Exception {
    Path copy = directory.resolve("copy");
    byte[] value = new byte[20_000]; // that does not become small
    new Random(1).nextBytes(value);
    try (Store store = Store.open(directory.resolve("store"), BUSY)) {
      StoreTest.commit(store, new WriteBatch().put(store.index("a"), bytes("k"), value));
      store.checkpoint(copy);
    }
    assertThat(Store.restore(copy, directory.resolve("good"))).isEqualTo(1);
    try (Store restored = Store.open(directory.resolve("good"), BUSY)) {
      assertThat(restored.get(restored.index("a"), bytes("k"))).hasValue(value);
    }

    Path table = files(copy, ".sst").getFirst();
    byte[] all = Files.readAllBytes(table);
    all[all.length / 3] ^= 1;
    Files.delete(table);
    Files.write(table, all);
    assertThatThrownBy(() -> Store.restore(copy, directory.resolve("bad")))
        .isInstanceOf(CorruptionException.class);
    assertThatThrownBy(() -> Store.openReadOnly(directory.resolve("bad"), BUSY))
        .isInstanceOf(IOException.class);
  }

  @Test
  void noByteOfATableMayBeAnother() throws Exception {
    Path copy = directory.resolve("copy");
    try (Store store = Store.open(directory.resolve("store"), BUSY)) {
      var batch = new WriteBatch();
      for (int i = 0; i < 50; i++) {
        batch.put(store.index("a"), key(i), new byte[50]);
      }
      batch.deleteRange(store.index("a"), key(100), key(200));
      StoreTest.commit(store, batch);
      store.checkpoint(copy);
    }
    Path table = files(copy, ".sst").getFirst();
    byte[] all = Files.readAllBytes(table);
    for (int at = 0; at < all.length; at++) {
      byte[] flipped = all.clone();
      flipped[at] ^= 1;
      Files.delete(table); // of the store, too, since it is a link
      Files.write(table, flipped);
      Path target = directory.resolve("bad" + at);
      assertThatThrownBy(() -> Store.restore(copy, target))
          .as("byte " + at + " of " + all.length)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void materialisesASnapshotAndOnlyWhatWasChosen() throws Exception {
    Path whole = directory.resolve("whole");
    Path part = directory.resolve("part");
    try (Store store = Store.open(directory.resolve("store"), BUSY)) {
      Index a = store.index("a");
      Index b = store.index("b");
      var batch = new WriteBatch().put(b, bytes("x1"), bytes("1")).put(b, bytes("y1"), bytes("2"));
      for (int i = 0; i < 1_000; i++) {
        batch.put(a, key(i), new byte[200]);
      }
      long sequence = StoreTest.commit(store, batch);
      Materialisation first;
      Materialisation second;
      try (Snapshot snapshot = store.snapshot()) {
        StoreTest.commit(store, new WriteBatch().delete(a, key(3)).put(b, bytes("x2"), key(1)));
        first = snapshot.materialise(whole, Selection.all());
        second = snapshot.materialise(part, Selection.of(b, KeyRange.prefix(bytes("x"))));
      }
      assertThat(first.done().toCompletableFuture().get(20, TimeUnit.SECONDS)).isEqualTo(1_002);
      assertThat(second.done().toCompletableFuture().get(20, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(store.stats().snapshots()).isZero();
      try (Store copy = Store.open(whole, BUSY)) {
        assertThat(copy.getVersioned(copy.index("a"), key(3)).orElseThrow().sequence())
            .isEqualTo(sequence);
        assertThat(copy.get(copy.index("b"), bytes("x2"))).isEmpty();
      }
      try (ReadOnlyStore copy = Store.openReadOnly(part, BUSY)) {
        assertThat(copy.indices()).extracting(Index::name).containsExactly("b");
        assertThat(StoreTest.list(copy.cursor(copy.indices().getFirst(), KeyRange.all())))
            .containsExactly("x1=1");
        assertThat(copy.lastSequence()).isEqualTo(sequence);
      }
    }
  }

  @Test
  void aCancelledMaterialisationLeavesNothingThatOpens() throws IOException {
    var disk = new SimDisk(1, 1L << 30);
    SimDisk target = disk.directory();
    try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
      write(engine, 10);
      try (Snapshot snapshot = engine.snapshot()) {
        Materialiser copy = ((PinnedSnapshot) snapshot).materialiser(target, Selection.all());
        copy.cancel();
        copy.run();
        assertThat(copy.done().toCompletableFuture()).isCompletedExceptionally();
        assertThatThrownBy(() -> EngineRun.open(target, EngineRun.TINY))
            .hasMessageContaining("not finished");

        Materialiser again = ((PinnedSnapshot) snapshot).materialiser(target, Selection.all());
        again.run();
        assertThat(again.done().toCompletableFuture()).isCompletedWithValue(10L);
      }
      EngineRun.open(target, EngineRun.TINY).close();
    }
  }

  @Test
  void readingOnlyNeverWrites() throws Exception {
    Path source = directory.resolve("store");
    try (Store store = Store.open(source, StoreOptions.small())) {
      StoreTest.commit(store, new WriteBatch().put(store.index("a"), bytes("k"), bytes("v")));
    }
    Files.write(source.resolve("fresh-7.tmp"), new byte[10]); // what a crash leaves
    Files.write(source.resolve("00000000000000ff.sst"), new byte[10]);
    List<String> before = listing(source);

    try (ReadOnlyStore store = Store.openReadOnly(source, StoreOptions.small())) {
      assertThat(store.get(store.index("a").orElseThrow(), bytes("k"))).hasValue(bytes("v"));
      assertThat(store.lastSequence()).isEqualTo(1);
      assertThatThrownBy(() -> Store.open(source, StoreOptions.small()))
          .isInstanceOf(IOException.class);
    }

    assertThat(listing(source)).isEqualTo(before);
    assertThatThrownBy(() -> Store.openReadOnly(directory.resolve("none"), StoreOptions.small()))
        .hasMessageContaining("no such directory");
  }

  private static List<String> listing(Path directory) throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.sorted().toList()) {
        FileTime changed = Files.getLastModifiedTime(file);
        files.add(file.getFileName() + " " + Files.size(file) + " " + changed);
      }
    }
    return files;
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static void write(Engine engine, int batches) throws IOException {
    var random = new Random(1);
    for (int i = 0; i < batches; i++) {
      byte[] value = new byte[300];
      random.nextBytes(value);
      EngineRun.write(
          engine,
          List.of(new WriteBatch().put(engine.index("a"), new byte[] {1, (byte) i}, value)),
          Durability.SYNC);
    }
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }
}
