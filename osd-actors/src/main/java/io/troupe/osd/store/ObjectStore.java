package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.lsm.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The objects of one OSD. The content of a file is reached through {@link #open}. Thread-safe. */
public final class ObjectStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStore.class);

  private static final int MAX_LOSSES_REMEMBERED = 65_536;
  private static final long CLOSE_SECONDS = 30;

  private final OsdId osd;
  private final ObjectIndex index;
  private final Space space;
  private final Segments segments;
  private final Syncer syncer;
  private final BlockMapCache blockMaps;
  private final Inlining.Budget inlining;
  private final List<ExecutorService> threads = new ArrayList<>();
  private final Incarnations incarnations = new Incarnations(MAX_LOSSES_REMEMBERED);

  /**
   * Opens the store over whatever disk and index.
   *
   * @param syncing carries out syncs, one after the other
   * @param background carries out what nobody waits for, one after the other
   */
  ObjectStore(
      OsdId osd,
      ObjectIndex index,
      BlockDisk disk,
      Sizes sizes,
      Executor syncing,
      Executor background)
      throws IOException {
    this.osd = osd;
    this.index = index;
    this.space = new Space(disk, sizes.maxReserveBytes());
    this.segments = new Segments(disk, sizes, space, background);
    this.syncer = new Syncer(segments, index, syncing);
    this.blockMaps = new BlockMapCache(sizes.blockMapCacheBytes());
    this.inlining = new Inlining.Budget(sizes.inlineBlocks());
    segments.settle(liveBlocks());
  }

  /**
   * How much disk and memory the store uses, and how.
   *
   * @param segmentBytes size of a segment file, a multiple of 4 KiB
   * @param maxReserveBytes free space kept for everything but data; at most a sixth of the disk. It
   *     has to exceed what the LSM store keeps for itself on the same disk
   * @param blockMapCacheBytes memory for block maps of unchanged objects, 4 KiB each at most
   * @param preparedBlocks how many blocks of 4 KiB are filled with zeros at a time for small writes
   *     to go to; 0 for none
   * @param inlineBlocks how many blocks of small writes may wait in memory for the sync that puts
   *     them into the index; 0 for none, and all go to segments
   */
  public record Sizes(
      long segmentBytes,
      long maxReserveBytes,
      long blockMapCacheBytes,
      int preparedBlocks,
      int inlineBlocks) {
    /**
     * Sizes with as much prepared as costs little: the sync of a write that makes a file longer has
     * to commit the file system's journal, too, and takes twice as long (200 against 100 µs, ext4,
     * 2026-11). Inline blocks take up to 16 MiB.
     */
    public Sizes(long segmentBytes, long maxReserveBytes, long blockMapCacheBytes) {
      this(segmentBytes, maxReserveBytes, blockMapCacheBytes, 256, 4096);
    }
  }

  /**
   * Opens the store in a directory.
   *
   * @param index the node's LSM store; stays its owner's
   */
  public static ObjectStore open(Path directory, Store index, OsdId osd, Sizes sizes)
      throws IOException {
    ExecutorService syncing = thread("osd-sync");
    ExecutorService background = thread("osd-background");
    try {
      ObjectStore store =
          new ObjectStore(
              osd,
              new LsmObjectIndex(index),
              FileBlockDisk.in(directory),
              sizes,
              syncing,
              background);
      store.threads.add(syncing);
      store.threads.add(background);
      return store;
    } catch (IOException | RuntimeException e) {
      syncing.shutdown();
      background.shutdown();
      throw e;
    }
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  /** Reads the whole index once; some millions of blocks a second. */
  private Map<Integer, BitSet> liveBlocks() {
    Map<Integer, BitSet> live = new HashMap<>();
    index.forEach(
        map -> {
          for (long l : map.all()) {
            live.computeIfAbsent(BlockMap.segmentOf(l), id -> new BitSet())
                .set(BlockMap.blockOf(l));
          }
        });
    return live;
  }

  /**
   * One file's objects, for its single writer. Waits for a commit that an earlier one left under
   * way: what it changes must not come after it was read here.
   *
   * @throws StoreFailure EIO if the index cannot be read
   */
  public FileObjects open(FileId file) throws StoreFailure {
    syncer.awaitCommitOf(file);
    blockMaps.drop(file); // the last owner may have left without hearing how its commit ended
    return new FileObjects(this, file, index.truncateEpoch(file).orElse(0));
  }

  OsdId osd() {
    return osd;
  }

  Segments segments() {
    return segments;
  }

  Syncer syncer() {
    return syncer;
  }

  ObjectIndex index() {
    return index;
  }

  BlockMapCache blockMaps() {
    return blockMaps;
  }

  Inlining.Budget inlining() {
    return inlining;
  }

  Space space() {
    return space;
  }

  Incarnations incarnations() {
    return incarnations;
  }

  public long capacityBytes() throws IOException {
    return space.capacityBytes();
  }

  public long freeBytes() throws IOException {
    return space.freeBytes();
  }

  @Override
  public void close() throws IOException {
    try {
      boolean ended = syncer.close(CLOSE_SECONDS, TimeUnit.SECONDS);
      for (ExecutorService t : threads) {
        t.shutdown();
        ended &= t.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
      if (!ended) {
        LOG.warn("osd={} event=close-timeout", osd);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    segments.close();
  }
}
