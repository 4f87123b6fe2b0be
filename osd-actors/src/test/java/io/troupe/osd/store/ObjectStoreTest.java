package io.troupe.osd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.VolumeId;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectStoreTest {
  private static final int OBJECT = 64 << 10;
  private static final int OBJECTS = 5;
  private static final FileId FILE = new FileId(new VolumeId(new UUID(7, 8)), 42);
  private static final OsdId OSD = new OsdId(new UUID(1, 1));
  private static final ReplicaLocation LOCATION =
      new ReplicaLocation(new StripingPolicy(OBJECT, 1), List.of(OSD));

  @TempDir Path dir;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scratch = arena.allocate(OBJECT + 4096, 4096);
  private @Nullable Store openIndex;
  private @Nullable ObjectStore openStore;

  private static Store open(Path p) {
    try {
      return Store.open(p, StoreOptions.small());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private ObjectStore openObjects(Path p) {
    try {
      return ObjectStore.open(p, index(), OSD, new ObjectStore.Sizes(1 << 20, 1 << 20, 1 << 20));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() throws IOException {
    openIndex = open(dir.resolve("lsm"));
    openStore = openObjects(dir.resolve("objects"));
  }

  @AfterEach
  void stop() throws IOException {
    store().close();
    index().close();
  }

  private Store index() {
    return Objects.requireNonNull(openIndex);
  }

  private ObjectStore store() {
    return Objects.requireNonNull(openStore);
  }

  private static void commit(FileObjects f, CompletionStage<Void> stage) throws Exception {
    stage.toCompletableFuture().get();
    f.committed();
  }

  private byte[] read(FileObjects f, long object, int at, int length) throws StoreFailure {
    return f.locate(object, at, length).read(scratch).toArray(ValueLayout.JAVA_BYTE);
  }

  private void write(FileObjects f, int at, byte[] data) throws StoreFailure {
    int done = 0;
    while (done < data.length) {
      int in = (at + done) % OBJECT;
      int n = Math.min(OBJECT - in, data.length - done);
      MemorySegment part = arena.allocate(n, 8);
      MemorySegment.copy(data, done, part, ValueLayout.JAVA_BYTE, 0, n);
      f.write((at + done) / OBJECT, in, part);
      done += n;
    }
  }

  private void assertContent(FileObjects f, byte[] model) throws StoreFailure {
    for (int o = 0; o < OBJECTS; o++) {
      assertThat(read(f, o, 0, OBJECT))
          .as("object " + o)
          .isEqualTo(Arrays.copyOfRange(model, o * OBJECT, (o + 1) * OBJECT));
    }
  }

  /**
   * Against an array of bytes; a crash takes the file back to its last sync, with nothing damaged.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void isAnArrayOfBytesWithSyncs(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] model = new byte[OBJECT * OBJECTS];
    byte[] synced = model.clone();
    FileObjects f = store().open(FILE);
    int epoch = 0;
    for (int step = 0; step < 250; step++) {
      switch (random.nextInt(12)) {
        case 0 -> {
          commit(f, f.sync());
          synced = model.clone();
        }
        case 1 -> {
          int size = random.nextInt(model.length);
          commit(f, f.truncate(++epoch, size, LOCATION));
          Arrays.fill(model, size, model.length, (byte) 0);
          synced = model.clone();
        }
        case 2 -> {
          // A crash: what was not synced is gone, the segments hold whatever they hold.
          stop();
          start();
          f = store().open(FILE);
          model = synced.clone();
          assertThat(f.truncateEpoch()).isEqualTo(epoch);
          assertContent(f, model);
        }
        default -> {
          int at = random.nextInt(model.length);
          int n =
              1 + random.nextInt(Math.min(random.nextBoolean() ? 300 : 60_000, model.length - at));
          byte[] data = new byte[n];
          random.nextBytes(data);
          write(f, at, data);
          System.arraycopy(data, 0, model, at, n);
        }
      }
      int at = random.nextInt(OBJECT);
      int o = random.nextInt(OBJECTS);
      int n = 1 + random.nextInt(OBJECT - at);
      assertThat(read(f, o, at, n))
          .isEqualTo(Arrays.copyOfRange(model, o * OBJECT + at, o * OBJECT + at + n));
    }
    assertContent(f, model);
  }

  @Test
  void aFlippedByteIsAnErrorAndNeverData() throws Exception {
    FileObjects f = store().open(FILE);
    byte[] data = new byte[8 * 4096]; // too much to be inline
    new Random(1).nextBytes(data);
    write(f, 0, data);
    commit(f, f.sync());
    stop();
    try (var files = Files.list(dir.resolve("objects"))) {
      for (Path segment : files.toList()) {
        byte[] bytes = Files.readAllBytes(segment);
        if (bytes.length > 4096 + 17) {
          bytes[4096 + 17] ^= 1;
          Files.write(segment, bytes);
        }
      }
    }
    start();
    FileObjects again = store().open(FILE);

    assertThat(read(again, 0, 0, 4096)).isEqualTo(Arrays.copyOf(data, 4096));
    assertThatThrownBy(() -> read(again, 0, 4096, 10))
        .isInstanceOfSatisfying(StoreFailure.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
        .hasMessageContaining(FILE.toString())
        .hasMessageContaining(OSD.toString());
    assertThat(read(again, 0, 8192, 4096)).isEqualTo(Arrays.copyOfRange(data, 8192, 12288));
  }

  @Test
  void deletedFilesLeaveNothing() throws Exception {
    FileObjects f = store().open(FILE);
    byte[] data = new byte[OBJECT * OBJECTS];
    for (int i = 0; i < 6; i++) {
      new Random(i).nextBytes(data);
      write(f, 0, data);
      commit(f, f.sync());
    }
    commit(f, f.delete());

    assertThat(f.describe().objects()).isZero();
    stop();
    start();

    assertThat(store().open(FILE).describe().objects()).isZero();
    try (var files = Files.list(dir.resolve("objects"))) {
      // Of seven segments' worth of data, only what this start has begun may be there.
      assertThat(files.toList()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void anOlderOrEqualEpochCutsNothing() throws Exception {
    FileObjects f = store().open(FILE);
    commit(f, f.truncate(5, 0, LOCATION));
    write(f, 0, new byte[] {1, 2, 3});

    commit(f, f.truncate(5, 0, LOCATION));
    commit(f, f.truncate(4, 0, LOCATION));

    assertThat(read(f, 0, 0, 4)).containsExactly(1, 2, 3, 0);
  }

  @Test
  void mapsComeBackFromTheirRecords() {
    Random random = new Random(9);
    for (int i = 0; i < 500; i++) {
      BlockMap map = new BlockMap();
      for (int k = random.nextInt(60); k > 0; k--) {
        map.set(
            random.nextInt(256),
            BlockMap.location(random.nextInt(1 << 20), random.nextInt(1 << 18)),
            random.nextInt());
      }
      BlockMap back = BlockMap.decode(map.encode());
      List<Long> expected = new ArrayList<>();
      for (int b = 0; b < 256; b++) {
        assertThat(back.location(b)).isEqualTo(map.location(b));
        if (!map.isHole(b)) {
          expected.add(map.location(b));
          assertThat(back.checksum(b)).isEqualTo(map.checksum(b));
          assertThat(back.isFresh(b)).isFalse();
        }
      }
      assertThat(back.all()).isEqualTo(expected);
    }
  }
}
