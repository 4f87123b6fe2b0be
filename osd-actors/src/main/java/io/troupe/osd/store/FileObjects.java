package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.id.FileId;
import io.troupe.actors.replica.ReplicaDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One file's objects on this OSD. For one thread at a time, but for {@link Extract#read}: reads may
 * run beside each other, not beside a write, a truncate or a delete.
 *
 * <p>One commit at a time: {@link #sync}, {@link #truncate} and {@link #delete} begin one; when its
 * stage has completed, its owner calls {@link #committed} or {@link #foundNoRoom}, or after any
 * other failure, when nobody knows what is on the disk, {@link #abandon}. While a sync runs, reads
 * and writes go on. While a truncate or a delete runs nothing does: its effect shows with {@link
 * #committed}, and not before.
 */
public final class FileObjects {
  private static final int BLOCK = BlockMap.BLOCK_BYTES;

  /** What is to be done at the end of the commit under way. */
  private sealed interface Commit {
    /** There was nothing to do. */
    record Nothing() implements Commit {}

    record Sync(List<Long> freed) implements Commit {}

    /**
     * Truncate or delete.
     *
     * @param added blocks that were written for it
     */
    record Cut(List<Long> freed, List<Long> added, int truncateEpoch, boolean deletes)
        implements Commit {}
  }

  private final ObjectStore store;
  private final FileId file;
  private final Blocks blocks;
  private final ObjectMaps maps;
  private final Inlining inlining;
  private final long incarnation;
  private int truncateEpoch;
  private boolean deleted;

  /** Sealed blocks that were replaced since the last commit: free once the index forgot them. */
  private List<Long> replaced = new ArrayList<>();

  private @Nullable Commit underWay;

  /** Why what is in memory must not be made durable. */
  private @Nullable StoreFailure damage;

  FileObjects(ObjectStore store, FileId file, int truncateEpoch) {
    this.store = store;
    this.file = file;
    this.blocks = new Blocks(store, file);
    this.maps = new ObjectMaps(file, store.blockMaps(), object -> store.index().load(file, object));
    this.inlining = new Inlining(store.inlining());
    this.truncateEpoch = truncateEpoch;
    this.incarnation = store.incarnations().of(file);
  }

  public int truncateEpoch() {
    return truncateEpoch;
  }

  /**
   * What was written under the same number and not synced is still there; see {@link Incarnations}.
   */
  public long incarnation() {
    return incarnation;
  }

  /**
   * No write must follow. A write that comes when this has been forgotten, later than any client
   * waits for it, leaves an object that nobody reads, since no file gets the number of an earlier
   * one: it costs space and does no other harm.
   */
  public boolean isDeleted() {
    return deleted;
  }

  public boolean isDirty() {
    return !maps.dirty().isEmpty();
  }

  public int dirtyObjects() {
    return maps.dirty().size();
  }

  // ---- reading

  /** Where to read a range; the reading itself may be done by another thread. */
  public record Extract(FileObjects owner, long object, int offset, int length, BlockMap map) {
    /** Bytes of scratch space that {@link #read} needs. */
    public int scratchBytes() {
      int first = offset / BLOCK;
      int last = (offset + length - 1) / BLOCK;
      return (last - first + 1) * BLOCK;
    }

    /**
     * Reads whole blocks into the scratch space and checks them.
     *
     * @return the range, a slice of the scratch space
     * @throws StoreFailure EIO if a block cannot be read or does not verify
     */
    public MemorySegment read(MemorySegment scratch) throws StoreFailure {
      int first = offset / BLOCK;
      owner.blocks.read(object, map, first, scratchBytes() / BLOCK, scratch);
      return scratch.asSlice(offset - (long) first * BLOCK, length);
    }
  }

  /**
   * Looks a range up.
   *
   * @throws StoreFailure EIO if the index cannot be read
   */
  public Extract locate(long object, int offset, int length) throws StoreFailure {
    return new Extract(this, object, offset, length, maps.get(object));
  }

  // ---- writing

  /**
   * Writes a range; not durable before the next {@link #sync}.
   *
   * @throws StoreFailure ENOSPC, or EIO; the range holds old or new bytes then
   */
  public void write(long object, int offset, MemorySegment data) throws StoreFailure {
    if (data.byteSize() == 0) {
      return;
    }
    BlockMap map = maps.get(object);
    int length = (int) data.byteSize();
    int first = offset / BLOCK;
    int last = (offset + length - 1) / BLOCK;
    if (inlining.accepts(map, first, last)) {
      writeInline(object, map, offset, data);
      return;
    }
    moveToSegments(object, map);
    try (Arena arena = Arena.ofConfined()) {
      int at = first;
      int headBytes = offset - first * BLOCK;
      if (headBytes != 0 || length < BLOCK) {
        int n = Math.min(BLOCK - headBytes, length);
        store(object, map, at++, merged(arena, object, map, first, headBytes, data.asSlice(0, n)));
      }
      int done = at * BLOCK - offset;
      int whole = at <= last ? (length - done) / BLOCK : 0;
      if (whole > 0) {
        store(object, map, at, data.asSlice(done, (long) whole * BLOCK));
        at += whole;
        done += whole * BLOCK;
      }
      if (at <= last) {
        MemorySegment tail = data.asSlice(done, length - done);
        store(object, map, at, merged(arena, object, map, at, 0, tail));
      }
    }
    store.segments().written();
  }

  private void writeInline(long object, BlockMap map, int offset, MemorySegment data)
      throws StoreFailure {
    try (Arena arena = Arena.ofConfined()) {
      for (int done = 0; done < data.byteSize(); ) {
        int block = (offset + done) / BLOCK;
        int from = (offset + done) % BLOCK;
        int n = (int) Math.min(BLOCK - from, data.byteSize() - done);
        MemorySegment whole = merged(arena, object, map, block, from, data.asSlice(done, n));
        if (!Inlining.isUnsynced(map, block)) {
          store.space().claim(BLOCK);
          inlining.added();
        }
        maps.changed(object, map);
        if (map.isStored(block)) {
          replaced.add(map.location(block));
        }
        setInline(map, block, whole, BLOCK);
        done += n;
      }
    }
  }

  private static void setInline(BlockMap map, int block, MemorySegment whole, int length) {
    byte[] bytes = InlineBlocks.withoutZerosAtEnd(whole.toArray(ValueLayout.JAVA_BYTE), length);
    map.setInline(block, bytes, Blocks.checksum(bytes));
  }

  /** An object that is written to in segments has nothing inline: its inline blocks stay few. */
  private void moveToSegments(long object, BlockMap map) throws StoreFailure {
    if (map.inlineBlocks().isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = arena.allocate(BLOCK, BLOCK);
      for (int block : List.copyOf(map.inlineBlocks().keySet())) {
        blocks.read(object, map, block, 1, whole);
        long location = blocks.append(whole).location(0);
        inlining.appended();
        if (Inlining.isUnsynced(map, block)) {
          inlining.removed();
        }
        maps.changed(object, map);
        map.set(block, location, Blocks.checksum(whole));
      }
    }
  }

  /** The old block with a part replaced. */
  private MemorySegment merged(
      Arena arena, long object, BlockMap map, int block, int offset, MemorySegment part)
      throws StoreFailure {
    MemorySegment whole = arena.allocate(BLOCK, BLOCK);
    if (part.byteSize() < BLOCK) {
      blocks.read(object, map, block, 1, whole);
    }
    MemorySegment.copy(part, 0, whole, offset, part.byteSize());
    return whole;
  }

  /** Stores whole blocks: in place where only this run knows them, else in new ones. */
  private void store(long object, BlockMap map, int first, MemorySegment data) throws StoreFailure {
    int count = (int) (data.byteSize() / BLOCK);
    for (int i = 0; i < count; ) {
      int block = first + i;
      boolean inPlace = map.mayBeOverwritten(block);
      int n = 1;
      while (i + n < count
          && map.mayBeOverwritten(block + n) == inPlace
          && (!inPlace || map.location(block + n) == map.location(block) + n)) {
        n++;
      }
      MemorySegment part = data.asSlice((long) i * BLOCK, (long) n * BLOCK);
      long location;
      if (inPlace) {
        location = map.location(block);
        overwrite(location, part);
      } else {
        Segments.Extent e = blocks.append(part);
        inlining.appended();
        location = e.location(0);
        n = e.blocks();
      }
      maps.changed(object, map);
      for (int k = 0; k < n; k++) {
        if (!inPlace && map.isStored(block + k)) {
          replaced.add(map.location(block + k));
        }
        map.set(block + k, location + k, Blocks.checksum(part.asSlice((long) k * BLOCK, BLOCK)));
      }
      i += n;
    }
  }

  /**
   * Where it fails, the blocks hold neither what was acknowledged before nor what comes now: that
   * must not be synced as if it were whole.
   */
  private void overwrite(long location, MemorySegment data) throws StoreFailure {
    try {
      blocks.overwrite(location, data);
    } catch (StoreFailure e) {
      damage = new StoreFailure(Errno.EIO, "unsynced blocks are damaged: " + e.detail(), e);
      throw e;
    }
  }

  // ---- commits

  /**
   * Begins to make everything written so far durable. Blocks that were written before the call are
   * not overwritten in place any more, so that further writes may go on at once.
   */
  public CompletionStage<Void> sync() {
    requireNoCommit();
    if (damage != null) {
      return CompletableFuture.failedFuture(damage);
    }
    if (!isDirty()) {
      return nothingToCommit();
    }
    Set<Integer> segments = new HashSet<>();
    IndexChange change = IndexChange.begin(file, OptionalInt.empty(), false);
    maps.beginCommit()
        .forEach(
            (object, map) -> {
              map.freshSegments(segments);
              map.seal();
              change.put(object, map);
            });
    inlining.beginCommit();
    underWay = new Commit.Sync(replaced);
    replaced = new ArrayList<>();
    return store.syncer().submit(segments, change, false);
  }

  private CompletionStage<Void> nothingToCommit() {
    underWay = new Commit.Nothing();
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Begins to cut what lies behind the end of the file; makes the rest durable, too. An epoch that
   * is not newer changes nothing.
   *
   * @throws StoreFailure if the last block cannot be read or rewritten; nothing is begun then
   */
  public CompletionStage<Void> truncate(int epoch, long sizeBytes, ReplicaLocation location)
      throws StoreFailure {
    requireNoCommit();
    if (epoch <= truncateEpoch) {
      return nothingToCommit(); // that cut is durable, or the epoch would not be known
    }
    int objectSize = location.striping().objectSizeBytes();
    long lastObject = sizeBytes == 0 ? -1 : (sizeBytes - 1) / objectSize;
    int keptInLast = sizeBytes == 0 ? 0 : (int) (sizeBytes - lastObject * objectSize);
    List<Long> freed = new ArrayList<>(replaced);
    Map<Long, BlockMap> dropped = dropFrom(lastObject + 1, freed);
    Map<Long, BlockMap> kept = new HashMap<>(maps.dirty());
    kept.keySet().removeAll(dropped.keySet());
    List<Long> added = new ArrayList<>();
    if (lastObject >= 0 && keptInLast < objectSize) {
      kept.put(lastObject, cut(lastObject, keptInLast, freed, added));
    }
    return cut(kept, dropped, OptionalInt.of(epoch), freed, added);
  }

  /** Begins to remove everything. */
  public CompletionStage<Void> delete() throws StoreFailure {
    requireNoCommit();
    List<Long> freed = new ArrayList<>(replaced);
    Map<Long, BlockMap> dropped = dropFrom(0, freed);
    if (dropped.isEmpty() && store.index().truncateEpoch(file).isEmpty()) {
      deleted = true;
      maps.forget();
      inlining.forget();
      return nothingToCommit();
    }
    return cut(Map.of(), dropped, OptionalInt.empty(), freed, List.of());
  }

  /** The objects from one on; what they hold is to be freed. */
  private Map<Long, BlockMap> dropFrom(long first, List<Long> freed) throws StoreFailure {
    Map<Long, BlockMap> dropped = new HashMap<>();
    for (long object : objectsFrom(first)) {
      BlockMap map = maps.peek(object);
      freed.addAll(map.all());
      dropped.put(object, map);
    }
    return dropped;
  }

  /** A copy of an object's map without what lies behind its new end. */
  private BlockMap cut(long object, int keptBytes, List<Long> freed, List<Long> added)
      throws StoreFailure {
    BlockMap map = maps.peek(object).copy();
    int keptBlocks = Math.ceilDiv(keptBytes, BLOCK);
    for (int b = keptBlocks; b < map.blocks(); b++) {
      if (map.isStored(b)) {
        freed.add(map.location(b));
      }
    }
    map.cut(keptBlocks);
    int inLast = keptBytes % BLOCK;
    if (inLast != 0 && !map.isHole(keptBlocks - 1)) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment whole = arena.allocate(BLOCK, BLOCK);
        blocks.read(object, map, keptBlocks - 1, 1, whole);
        whole.asSlice(inLast).fill((byte) 0);
        if (map.isInline(keptBlocks - 1)) {
          setInline(map, keptBlocks - 1, whole, inLast);
        } else {
          long location = blocks.append(whole).location(0);
          freed.add(map.location(keptBlocks - 1));
          added.add(location);
          map.set(keptBlocks - 1, location, Blocks.checksum(whole));
        }
      }
    }
    return map;
  }

  private CompletionStage<Void> cut(
      Map<Long, BlockMap> kept,
      Map<Long, BlockMap> dropped,
      OptionalInt epoch,
      List<Long> freed,
      List<Long> added) {
    boolean deletes = epoch.isEmpty();
    underWay = new Commit.Cut(freed, added, epoch.orElse(truncateEpoch), deletes);
    if (damage != null && !deletes) {
      return CompletableFuture.failedFuture(damage);
    }
    Set<Integer> segments = new HashSet<>();
    IndexChange change = IndexChange.begin(file, epoch, deletes);
    dropped.forEach(change::delete);
    kept.forEach(
        (object, map) -> {
          map.freshSegments(segments);
          if (map.isEmpty()) {
            change.delete(object, map);
          } else {
            change.put(object, map);
          }
        });
    return store.syncer().submit(segments, change, true);
  }

  private void requireNoCommit() {
    if (underWay != null) {
      throw new IllegalStateException("a commit of file " + file + " is under way");
    }
  }

  private Commit ended() {
    Commit c = underWay;
    if (c == null) {
      throw new IllegalStateException("no commit of file " + file + " is under way");
    }
    underWay = null;
    return c;
  }

  /** The commit under way is durable. */
  public void committed() {
    switch (ended()) {
      case Commit.Nothing() -> {}
      case Commit.Sync(List<Long> freed) -> {
        maps.committed();
        inlining.committed();
        store.segments().free(freed);
      }
      case Commit.Cut(List<Long> freed, List<Long> added, int epoch, boolean deletes) -> {
        maps.forget();
        inlining.forget();
        replaced = new ArrayList<>();
        truncateEpoch = epoch;
        deleted |= deletes;
        damage = null;
        store.segments().free(freed);
      }
    }
  }

  /**
   * There was no room for the index records of the commit under way: it has changed nothing, and
   * can be tried again.
   */
  public void foundNoRoom() {
    switch (ended()) {
      case Commit.Nothing() -> {}
      case Commit.Sync(List<Long> freed) -> {
        maps.notCommitted();
        inlining.notCommitted();
        replaced.addAll(freed);
      }
      case Commit.Cut cut -> store.segments().free(cut.added());
    }
  }

  /**
   * What was not synced is given up: who wrote it learns of that by the next incarnation. This
   * object is not to be used any more. The space is free after the next start: it is not known
   * which of it the index refers to.
   */
  public void abandon() {
    maps.abandon();
    inlining.forget();
    store.incarnations().lost(file);
  }

  // ---- about the objects

  /** Numbers of the objects that are there, in the index or not yet. */
  private Set<Long> objectsFrom(long first) throws StoreFailure {
    Set<Long> found = new TreeSet<>(maps.notInIndexFrom(first));
    found.addAll(store.index().objectsFrom(file, first));
    return found;
  }

  /**
   * Counts what is there, synced or not.
   *
   * @throws StoreFailure EIO if the index cannot be read
   */
  public ReplicaDescription describe() throws StoreFailure {
    long allocated = 0;
    List<Long> first = new ArrayList<>();
    Set<Long> all = objectsFrom(0);
    for (long object : all) {
      if (first.size() < ReplicaDescription.MAX_LISTED) {
        first.add(object);
      }
      allocated += maps.peek(object).allocatedBlocks();
    }
    return new ReplicaDescription(truncateEpoch, all.size(), first, allocated * BLOCK);
  }
}
