package io.troupe.osd.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.VolumeId;
import io.troupe.lsm.StoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random writes, syncs, truncates and deletes of a few files over a disk that loses power, fails
 * forces and is full, one step at a time on one thread. {@code -Dseed=} replays one run.
 */
final class ObjectStoreSimTest {
  private static final int RUNS = 600;
  private static final int STEPS = 250;
  private static final int OBJECT = 32 << 10;
  private static final int FILE_BYTES = 3 * OBJECT + 5000;
  private static final int FILES = 3;

  /** Blocks of zeros written ahead, in every other run. */
  private static final int PREPARED = 4;

  /** What the cache of block maps holds, in two runs after each other and in the next two. */
  private static final long TWO_MAPS = 2L * (BlockMapCache.ENTRY_BYTES + mapOf(8).memoryBytes());

  private static final long MANY_MAPS = 1 << 20;

  /** Inline blocks that may wait: none, few, as many as there come. */
  private static final int[] INLINE_BLOCKS = {0, 5, 1000};

  private static final OsdId OSD = new OsdId(new UUID(1, 1));
  private static final VolumeId VOLUME = new VolumeId(new UUID(7, 8));
  private static final ReplicaLocation LOCATION =
      new ReplicaLocation(new StripingPolicy(OBJECT, 1), List.of(OSD));

  @Test
  void everySyncedByteSurvivesAnyCrash() throws Exception {
    long one = Long.getLong("seed", -1);
    for (long seed = one < 0 ? 0 : one; seed < (one < 0 ? RUNS : one + 1); seed++) {
      try {
        new Run(seed).go();
      } catch (AssertionError | Exception e) {
        throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static BlockMap mapOf(int blocks) {
    BlockMap map = new BlockMap();
    map.set(blocks - 1, 0, 0);
    return map;
  }

  /** What a file holds. */
  private record State(byte[] bytes, int epoch) {
    static final State EMPTY = new State(new byte[FILE_BYTES], 0);

    State truncated(int toEpoch, int size) {
      byte[] cut = bytes.clone();
      Arrays.fill(cut, size, cut.length, (byte) 0);
      return new State(cut, toEpoch);
    }
  }

  /** One file, as its owner knows it. */
  private static final class Owned {
    final FileId id;
    FileObjects objects;
    State now = State.EMPTY;
    State durable = State.EMPTY;

    /** What the commit under way makes durable. */
    @Nullable State committing;

    @Nullable CompletableFuture<Void> commit;
    boolean cutting;

    /** An overwrite failed half-way: no sync may succeed. */
    boolean damaged;

    Owned(FileId id, FileObjects objects) {
      this.id = id;
      this.objects = objects;
    }
  }

  private static final class Run {
    private final Random random;
    private final long cacheBytes;
    private final MemorySegment scratch = MemorySegment.ofArray(new byte[OBJECT + 4096]);
    private final Deque<Runnable> syncs = new ArrayDeque<>();
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final List<Owned> files = new ArrayList<>();
    private SimBlockDisk disk;
    private SimIndex index = new SimIndex();
    private final int prepared;
    private final int inlineBlocks;
    private ObjectStore store;
    private long nextInode = 1;
    private boolean leaks;

    Run(long seed) throws Exception {
      random = new Random(seed);
      prepared = (int) (seed % 2) * PREPARED;
      cacheBytes = seed / 2 % 2 == 0 ? TWO_MAPS : MANY_MAPS;
      inlineBlocks = INLINE_BLOCKS[(int) (seed % INLINE_BLOCKS.length)];
      disk = new SimBlockDisk(random.nextLong());
      store = open();
      for (int i = 0; i < FILES; i++) {
        files.add(newFile());
      }
    }

    private ObjectStore open() throws IOException {
      return new ObjectStore(
          OSD,
          index,
          disk,
          new ObjectStore.Sizes(64 * 4096, 0, cacheBytes, prepared, inlineBlocks),
          syncs::add,
          background::add);
    }

    private Owned newFile() throws StoreFailure {
      FileId id = new FileId(VOLUME, nextInode++);
      return new Owned(id, store.open(id));
    }

    void go() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        step();
        if (disk.isDead()) {
          restart(false);
        }
      }
      finish();
    }

    private void step() throws Exception {
      Owned f = files.get(random.nextInt(FILES));
      switch (random.nextInt(24)) {
        case 0, 1, 2, 3, 4, 5 -> write(f);
        case 6, 7 -> read(f, random.nextInt(FILE_BYTES - 1));
        case 8, 9 -> sync(f);
        case 10 -> truncate(f);
        case 11 -> delete(f);
        case 12, 13, 14, 15 -> run(syncs);
        case 16, 17, 18 -> run(background);
        case 19, 20, 21 -> commitOfTheIndex();
        case 22 -> reopen(f);
        default -> fault();
      }
      for (Owned o : List.copyOf(files)) {
        end(o);
      }
      if (!disk.isDead()) {
        assertCacheIsTheIndex();
      }
    }

    private void assertCacheIsTheIndex() {
      assertThat(store.inlining().held()).isNotNegative();
      assertThat(store.blockMaps().bytes()).isLessThanOrEqualTo(cacheBytes);
      for (Owned f : files) {
        store.blockMaps().forEach(f.id, (object, map) -> assertIsInIndex(f, object, map));
      }
    }

    private void assertIsInIndex(Owned f, long object, BlockMap map) {
      BlockMap durable = index.load(f.id, object).orElseGet(BlockMap::new);
      if (!Arrays.equals(map.encode(), durable.encode())
          || !Arrays.equals(
              InlineBlocks.encode(map.inlineBlocks()),
              InlineBlocks.encode(durable.inlineBlocks()))) {
        throw new AssertionError("stale map of object " + object + " of " + f.id);
      }
    }

    private void assertNothingRemembered(Owned f) {
      store.blockMaps().forEach(f.id, (object, map) -> assertThat(object).isNull());
    }

    private static boolean run(Deque<Runnable> tasks) {
      Runnable next = tasks.poll();
      if (next != null) {
        next.run();
      }
      return next != null;
    }

    private void commitOfTheIndex() {
      if (random.nextInt(8) == 0 && index.waiting() > 0) {
        index.fail(
            random.nextBoolean() ? StoreException.Kind.NO_SPACE : StoreException.Kind.OVERLOADED);
      } else {
        index.step();
      }
    }

    private void fault() throws Exception {
      switch (random.nextInt(12)) {
        case 0 -> disk.losePower();
        case 1, 2, 3 -> disk.inject(SimBlockDisk.Fault.POWER_LOSS, random.nextInt(10));
        case 4, 5 -> mayLeak(SimBlockDisk.Fault.IO_ERROR);
        case 6 -> mayLeak(SimBlockDisk.Fault.NO_SPACE);
        case 7 -> restart(true);
        default -> {}
      }
    }

    /** What cannot be punched out now is punched out after the next start. */
    private void mayLeak(SimBlockDisk.Fault fault) {
      leaks = true;
      disk.inject(fault, random.nextInt(10));
    }

    // ---- what the owner of a file does

    private void write(Owned f) throws StoreFailure {
      if (f.cutting) {
        return;
      }
      int at = random.nextInt(FILE_BYTES - 1);
      int object = at / OBJECT;
      int in = at % OBJECT;
      int most = Math.min(OBJECT - in, FILE_BYTES - at);
      byte[] data = new byte[1 + random.nextInt(random.nextBoolean() ? Math.min(600, most) : most)];
      random.nextBytes(data);
      State before = f.now;
      f.now = new State(before.bytes().clone(), before.epoch());
      System.arraycopy(data, 0, f.now.bytes(), at, data.length);
      try {
        f.objects.write(object, in, MemorySegment.ofArray(data));
      } catch (StoreFailure e) {
        if (!disk.isDead()) {
          afterFailedWrite(f, before, at, data.length);
        }
      }
    }

    /** The range holds old or new bytes, but for a damaged block, which is never synced. */
    private void afterFailedWrite(Owned f, State before, int at, int length) {
      State after = f.now;
      f.now = new State(before.bytes().clone(), before.epoch());
      try {
        byte[] there = bytes(f, at, length);
        for (int i = 0; i < length; i++) {
          assertThat(there[i]).isIn(before.bytes()[at + i], after.bytes()[at + i]);
        }
        System.arraycopy(there, 0, f.now.bytes(), at, length);
        bytes(f, at / OBJECT * OBJECT, Math.min(OBJECT, FILE_BYTES - at / OBJECT * OBJECT));
      } catch (StoreFailure e) {
        f.damaged = true;
      }
    }

    private byte[] bytes(Owned f, int at, int length) throws StoreFailure {
      return f.objects
          .locate(at / OBJECT, at % OBJECT, length)
          .read(scratch)
          .toArray(ValueLayout.JAVA_BYTE);
    }

    private void read(Owned f, int at) throws StoreFailure {
      int length = 1 + random.nextInt(Math.min(OBJECT - at % OBJECT, FILE_BYTES - at));
      if (!f.cutting && !f.damaged) {
        assertThat(bytes(f, at, length))
            .isEqualTo(Arrays.copyOfRange(f.now.bytes(), at, at + length));
      }
    }

    private void sync(Owned f) {
      if (f.commit == null && f.objects.isDirty()) {
        f.committing = f.now;
        f.commit = f.objects.sync().toCompletableFuture();
        assertThat(f.damaged && !f.commit.isCompletedExceptionally()).isFalse();
      }
    }

    private void truncate(Owned f) {
      if (f.commit == null) {
        int size = random.nextInt(FILE_BYTES);
        State after = f.now.truncated(f.now.epoch() + 1, size);
        try {
          f.commit = f.objects.truncate(after.epoch(), size, LOCATION).toCompletableFuture();
          f.committing = after;
          f.cutting = true;
        } catch (StoreFailure e) {
          assertThat(f.commit).isNull();
        }
      }
    }

    private void delete(Owned f) throws StoreFailure {
      if (f.commit == null) {
        f.commit = f.objects.delete().toCompletableFuture();
        f.committing = State.EMPTY;
        f.cutting = true;
      }
    }

    private void end(Owned f) throws Exception {
      CompletableFuture<Void> commit = f.commit;
      if (commit == null || !commit.isDone() || disk.isDead()) {
        return;
      }
      State target = Objects.requireNonNull(f.committing);
      boolean cut = f.cutting;
      f.commit = null;
      f.committing = null;
      f.cutting = false;
      Throwable failure = failureOf(commit);
      if (failure == null) {
        f.objects.committed();
        f.durable = target;
        if (cut) {
          assertNothingRemembered(f);
          f.now = target;
          f.damaged = false;
        }
        if (f.objects.isDeleted()) {
          files.set(files.indexOf(f), newFile());
        }
      } else if (failure instanceof StoreException) {
        f.objects.foundNoRoom();
      } else {
        lose(f);
      }
    }

    private static @Nullable Throwable failureOf(CompletableFuture<Void> commit) {
      try {
        commit.join();
        return null;
      } catch (CompletionException e) {
        return e.getCause();
      }
    }

    /** A force failed: the index was not asked, and the file is as it was. */
    private void lose(Owned f) throws Exception {
      leaks = true;
      long before = f.objects.incarnation();
      f.objects.abandon();
      assertNothingRemembered(f);
      f.objects = store.open(f.id);
      f.damaged = false;
      f.now = f.durable;
      assertThat(f.objects.incarnation()).isNotEqualTo(before);
      assertIs(f, f.durable);
    }

    private void reopen(Owned f) throws Exception {
      if (f.commit == null && !f.objects.isDirty()) {
        long before = f.objects.incarnation();
        f.objects = store.open(f.id);
        assertNothingRemembered(f);
        assertThat(f.objects.incarnation()).isEqualTo(before);
        assertIs(f, f.now);
      }
    }

    private boolean is(Owned f, State s) throws StoreFailure {
      boolean same = f.objects.truncateEpoch() == s.epoch();
      for (int at = 0; at < FILE_BYTES; at += OBJECT) {
        int length = Math.min(OBJECT, FILE_BYTES - at);
        same &= Arrays.equals(bytes(f, at, length), Arrays.copyOfRange(s.bytes(), at, at + length));
      }
      return same;
    }

    private void assertIs(Owned f, State s) throws StoreFailure {
      assertThat(is(f, s)).as("state of file %s", f.id).isTrue();
    }

    // ---- crashes

    private void restart(boolean onlyTheProcess) throws Exception {
      syncs.clear();
      background.clear();
      index = index.afterPowerLoss(random);
      disk = onlyTheProcess ? disk.afterKill() : disk.afterPowerLoss();
      List<Long> before = files.stream().map(f -> f.objects.incarnation()).toList();
      store = open();
      leaks = false;
      for (int i = 0; i < FILES; i++) {
        Owned f = files.get(i);
        f.objects = store.open(f.id);
        assertThat(f.objects.incarnation()).isNotEqualTo(before.get(i));
        State either = f.committing == null ? f.durable : f.committing;
        f.durable = is(f, f.durable) ? f.durable : either;
        assertIs(f, f.durable);
        f.now = f.durable;
        f.commit = null;
        f.committing = null;
        f.cutting = false;
        f.damaged = false;
      }
      drain();
      assertNothingLeaked();
    }

    private void drain() throws Exception {
      disk.inject(SimBlockDisk.Fault.NONE, 0);
      boolean more = true;
      while (more) {
        for (Owned o : List.copyOf(files)) {
          end(o);
        }
        more = run(syncs) || run(background) || index.step();
      }
    }

    private void assertNothingLeaked() throws IOException {
      // What is prepared and not used yet is given back at the next start.
      assertThat(disk.allocatedBlocks() - index.liveBlocks())
          .as("blocks on the disk that nobody needs")
          .isBetween(0L, (long) prepared * disk.list().size());
      assertThat(store.segments().liveBlocks()).isEqualTo(index.liveBlocks());
      assertThat(index.hasNoStrayInlineBlocks()).as("inline blocks that nobody needs").isTrue();
    }

    private void finish() throws Exception {
      drain();
      for (Owned f : List.copyOf(files)) {
        sync(f);
      }
      drain();
      for (Owned f : files) {
        assertIs(f, f.now);
      }
      assertThat(store.inlining().held()).as("blocks that wait for the index").isZero();
      if (!leaks) {
        assertNothingLeaked();
      }
      restart(false);
      for (Owned f : List.copyOf(files)) {
        delete(f);
      }
      drain();
      assertThat(disk.allocatedBlocks()).isZero();
      assertThat(disk.segments()).isEqualTo(1);
      assertThat(index.hasNoStrayInlineBlocks()).isTrue();
    }
  }
}
