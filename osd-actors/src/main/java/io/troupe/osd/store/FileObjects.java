package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.id.FileId;
import io.troupe.actors.replica.ReplicaDescription;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file's objects on this OSD. For one thread at a time, but for {@link Extract#read}: reads may
 * run beside each other, not beside a write, a truncate or a delete. Its owner sees to that.
 */
public final class FileObjects {
  private static final Logger LOG = LoggerFactory.getLogger(FileObjects.class);
  private static final int BLOCK = BlockMap.BLOCK_BYTES;

  /** Block maps of unchanged objects that are remembered, 3 KiB each at most. */
  private static final int MAX_CLEAN = 64;

  private final ObjectStore store;
  private final FileId file;
  private final Map<Long, BlockMap> clean =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, BlockMap> eldest) {
          return size() > MAX_CLEAN;
        }
      };
  private final Map<Long, BlockMap> dirty = new HashMap<>();

  /**
   * Sealed blocks that were replaced since the last sync: free once the index does not know them.
   */
  private List<Long> replaced = new ArrayList<>();

  /** What the commit under way carries, kept until it is known to be durable. */
  private Map<Long, BlockMap> committing = Map.of();

  private List<Long> committingFreed = List.of();
  private int truncateEpoch;

  FileObjects(ObjectStore store, FileId file, int truncateEpoch) {
    this.store = store;
    this.file = file;
    this.truncateEpoch = truncateEpoch;
  }

  public int truncateEpoch() {
    return truncateEpoch;
  }

  public boolean isDirty() {
    return !dirty.isEmpty();
  }

  public int dirtyObjects() {
    return dirty.size();
  }

  private BlockMap map(long object) {
    BlockMap changed = dirty.get(object);
    if (changed != null) {
      return changed;
    }
    return clean.computeIfAbsent(object, o -> store.load(file, o).orElseGet(BlockMap::new));
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
      int blocks = scratchBytes() / BLOCK;
      owner.readBlocks(object, map, first, blocks, scratch);
      return scratch.asSlice(offset - (long) first * BLOCK, length);
    }
  }

  /** Looks a range up. */
  public Extract locate(long object, int offset, int length) {
    return new Extract(this, object, offset, length, map(object));
  }

  private void readBlocks(long object, BlockMap map, int first, int blocks, MemorySegment into)
      throws StoreFailure {
    for (int i = 0; i < blocks; ) {
      int block = first + i;
      if (map.isHole(block)) {
        into.asSlice((long) i * BLOCK, BLOCK).fill((byte) 0);
        i++;
        continue;
      }
      int n = map.run(block, blocks - i);
      long location = map.location(block);
      Segment segment = store.segments().of(BlockMap.segmentOf(location));
      MemorySegment target = into.asSlice((long) i * BLOCK, (long) n * BLOCK);
      try {
        segment.read(BlockMap.blockOf(location), target);
      } catch (IOException e) {
        throw damaged(object, segment, location, "cannot be read: " + e.getMessage());
      }
      for (int k = 0; k < n; k++) {
        if (checksum(target.asSlice((long) k * BLOCK, BLOCK)) != map.checksum(block + k)) {
          throw damaged(object, segment, location + k, "fails its checksum");
        }
      }
      i += n;
    }
  }

  private StoreFailure damaged(long object, Segment segment, long location, String how) {
    long offset = (long) BlockMap.blockOf(location) * BLOCK;
    LOG.error(
        "event=damaged file={} object={} osd={} segment={} offset={} cause={}",
        file,
        object,
        store.osd(),
        segment.path(),
        offset,
        how);
    return new StoreFailure(
        Errno.EIO, "object " + object + " of file " + file + " on OSD " + store.osd() + " " + how);
  }

  private static int checksum(MemorySegment block) {
    CRC32C crc = new CRC32C();
    crc.update(block.asByteBuffer());
    return (int) crc.getValue();
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
    BlockMap map = map(object);
    int length = (int) data.byteSize();
    int first = offset / BLOCK;
    int last = (offset + length - 1) / BLOCK;
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

  /** The old block with a part replaced. */
  private MemorySegment merged(
      Arena arena, long object, BlockMap map, int block, int offset, MemorySegment part)
      throws StoreFailure {
    MemorySegment whole = arena.allocate(BLOCK, BLOCK);
    if (part.byteSize() < BLOCK) {
      readBlocks(object, map, block, 1, whole);
    }
    MemorySegment.copy(part, 0, whole, offset, part.byteSize());
    return whole;
  }

  /** Stores whole blocks: in place where only this run knows them, else in new ones. */
  private void store(long object, BlockMap map, int first, MemorySegment data) throws StoreFailure {
    int blocks = (int) (data.byteSize() / BLOCK);
    for (int i = 0; i < blocks; ) {
      int block = first + i;
      boolean inPlace = map.isFresh(block) && !map.isHole(block);
      int n = 1;
      while (i + n < blocks
          && (map.isFresh(block + n) && !map.isHole(block + n)) == inPlace
          && (!inPlace || map.location(block + n) == map.location(block) + n)) {
        n++;
      }
      Segment segment;
      int target;
      if (inPlace) {
        segment = store.segments().of(BlockMap.segmentOf(map.location(block)));
        target = BlockMap.blockOf(map.location(block));
      } else {
        Segments.Extent e = store.segments().allocate(n);
        segment = e.segment();
        target = e.firstBlock();
        n = e.blocks();
      }
      MemorySegment part = data.asSlice((long) i * BLOCK, (long) n * BLOCK);
      try {
        segment.write(target, part);
      } catch (IOException e) {
        if (!inPlace) {
          store.segments().free(range(segment, target, n));
        }
        throw new StoreFailure(
            writeErrno(e), "write to " + segment.path() + " failed: " + e.getMessage(), e);
      }
      dirty.put(object, map);
      clean.remove(object);
      for (int k = 0; k < n; k++) {
        if (!inPlace && !map.isHole(block + k)) {
          replaced.add(map.location(block + k));
        }
        map.set(
            block + k,
            BlockMap.location(segment.id(), target + k),
            checksum(part.asSlice((long) k * BLOCK, BLOCK)));
      }
      i += n;
    }
  }

  private static Errno writeErrno(IOException e) {
    return String.valueOf(e.getMessage()).contains("No space left") ? Errno.ENOSPC : Errno.EIO;
  }

  private static List<Long> range(Segment s, int first, int n) {
    List<Long> all = new ArrayList<>(n);
    for (int k = 0; k < n; k++) {
      all.add(BlockMap.location(s.id(), first + k));
    }
    return all;
  }

  // ---- durability

  /**
   * Makes everything written so far durable. Blocks that were written before the call are not
   * overwritten in place any more, so that further writes may go on at once.
   */
  public CompletionStage<Void> sync() {
    if (dirty.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return commit(new WriteBatchPart(), false);
  }

  private record Put(byte[] key, byte[] value) {}

  /** Index changes collected on the owner's thread, put into the batch on the syncer's. */
  private static final class WriteBatchPart {
    private final List<byte[]> deletedKeys = new ArrayList<>();
    private boolean deletesFile;
    private boolean putsEpoch;
  }

  private CompletionStage<Void> commit(WriteBatchPart part, boolean reclaims) {
    Set<Integer> segments = new HashSet<>();
    List<Put> puts = new ArrayList<>();
    List<byte[]> deletes = new ArrayList<>(part.deletedKeys);
    for (Map.Entry<Long, BlockMap> e : dirty.entrySet()) {
      BlockMap map = e.getValue();
      map.freshSegments(segments);
      map.seal();
      byte[] key = ObjectKeys.object(file, e.getKey());
      if (map.isEmpty()) {
        deletes.add(key);
      } else {
        puts.add(new Put(key, map.encode()));
      }
      clean.put(e.getKey(), map);
    }
    committing = Map.copyOf(dirty);
    dirty.clear();
    List<Long> freed = replaced;
    committingFreed = freed;
    replaced = new ArrayList<>();
    int epoch = truncateEpoch;
    return store
        .syncer()
        .submit(
            segments,
            (WriteBatch batch) -> {
              puts.forEach(p -> batch.put(store.objects(), p.key(), p.value()));
              deletes.forEach(k -> batch.delete(store.objects(), k));
              if (part.deletesFile) {
                batch.delete(store.files(), ObjectKeys.file(file));
              } else if (part.putsEpoch) {
                batch.put(store.files(), ObjectKeys.file(file), ObjectKeys.fileValue(epoch));
              }
            },
            reclaims,
            freed);
  }

  /**
   * A sync found no room for the index records, though the blocks themselves are on the disk: it
   * can be tried again. After any other failure of a sync nobody knows what is on the disk, and
   * this object is not to be used any more.
   */
  public void syncFoundNoRoom() {
    committing.forEach(
        (object, map) -> {
          dirty.putIfAbsent(object, map);
          clean.remove(object);
        });
    replaced.addAll(committingFreed);
    committing = Map.of();
    committingFreed = List.of();
  }

  // ---- cutting

  /**
   * Cuts what lies behind the end of the file. Durable when the stage completes. An epoch that is
   * not newer changes nothing.
   *
   * @throws StoreFailure if the last block cannot be read or rewritten; nothing is cut then
   */
  public CompletionStage<Void> truncate(int epoch, long sizeBytes, ReplicaLocation location)
      throws StoreFailure {
    if (epoch <= truncateEpoch) {
      return sync();
    }
    int objectSize = location.striping().objectSizeBytes();
    long lastObject = sizeBytes == 0 ? -1 : (sizeBytes - 1) / objectSize;
    int keptInLast = sizeBytes == 0 ? 0 : (int) (sizeBytes - lastObject * objectSize);
    if (lastObject >= 0 && keptInLast < objectSize) {
      cutObject(lastObject, keptInLast);
    }
    WriteBatchPart part = new WriteBatchPart();
    part.putsEpoch = true;
    for (long object : objectsFrom(lastObject + 1)) {
      drop(object, part);
    }
    truncateEpoch = epoch;
    return commit(part, true);
  }

  private void cutObject(long object, int keptBytes) throws StoreFailure {
    BlockMap map = map(object);
    int keptBlocks = Math.ceilDiv(keptBytes, BLOCK);
    int inLast = keptBytes % BLOCK;
    if (inLast != 0 && !map.isHole(keptBlocks - 1)) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment whole = arena.allocate(BLOCK, BLOCK);
        readBlocks(object, map, keptBlocks - 1, 1, whole);
        whole.asSlice(inLast).fill((byte) 0);
        store(object, map, keptBlocks - 1, whole);
      }
    }
    if (map.blocks() > keptBlocks) {
      release(map, keptBlocks);
      map.cut(keptBlocks);
      dirty.put(object, map);
      clean.remove(object);
    }
  }

  /**
   * Blocks from the given one on: free at once if the index does not know them, else after the
   * commit.
   */
  private void release(BlockMap map, int firstBlock) {
    List<Long> unknown = new ArrayList<>();
    for (int b = firstBlock; b < map.blocks(); b++) {
      if (!map.isHole(b)) {
        (map.isFresh(b) ? unknown : replaced).add(map.location(b));
      }
    }
    store.segments().free(unknown);
  }

  private void drop(long object, WriteBatchPart part) {
    release(map(object), 0);
    dirty.remove(object);
    clean.remove(object);
    part.deletedKeys.add(ObjectKeys.object(file, object));
  }

  /** Numbers of the objects that are there, in the index or not yet. */
  private Set<Long> objectsFrom(long first) {
    Set<Long> found = new TreeSet<>();
    dirty.keySet().stream().filter(o -> o >= first).forEach(found::add);
    try (Cursor c = store.index().cursor(store.objects(), ObjectKeys.objectsFrom(file, first))) {
      while (c.next()) {
        found.add(ObjectKeys.objectIn(c.key()));
      }
    }
    return found;
  }

  /** Removes everything; durable when the stage completes. */
  public CompletionStage<Void> delete() {
    WriteBatchPart part = new WriteBatchPart();
    part.deletesFile = true;
    for (long object : objectsFrom(0)) {
      drop(object, part);
    }
    boolean known = store.index().get(store.files(), ObjectKeys.file(file)).isPresent();
    if (part.deletedKeys.isEmpty() && !known) {
      return CompletableFuture.completedFuture(null);
    }
    return commit(part, true);
  }

  public ReplicaDescription describe() {
    long blocks = 0;
    List<Long> first = new ArrayList<>();
    Set<Long> all = objectsFrom(0);
    for (long object : all) {
      if (first.size() < ReplicaDescription.MAX_LISTED) {
        first.add(object);
      }
      BlockMap changed = dirty.get(object);
      BlockMap map = changed != null ? changed : store.load(file, object).orElseGet(BlockMap::new);
      blocks += map.allocatedBlocks();
    }
    return new ReplicaDescription(truncateEpoch, all.size(), first, blocks * BLOCK);
  }
}
