package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The objects of one OSD. The content of a file is reached through {@link #open}. Thread-safe. */
public final class ObjectStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStore.class);

  private final OsdId osd;
  private final Store index;
  private final Index objects;
  private final Index files;
  private final Space space;
  private final Segments segments;
  private final Syncer syncer;
  private final ExecutorService background;

  private ObjectStore(
      OsdId osd, Store index, Space space, Segments segments, ExecutorService background) {
    this.osd = osd;
    this.index = index;
    this.objects = index.index("osd.object");
    this.files = index.index("osd.file");
    this.space = space;
    this.segments = segments;
    this.background = background;
    this.syncer = new Syncer(segments, index);
  }

  /**
   * Opens the store.
   *
   * @param index the node's LSM store; stays its owner's
   * @param segmentBytes size of a segment file, a multiple of 4 KiB
   * @param maxReserveBytes free space kept for everything but data; at most a sixth of the disk. It
   *     has to exceed what the LSM store keeps for itself on the same disk
   */
  public static ObjectStore open(
      Path directory, Store index, OsdId osd, long segmentBytes, long maxReserveBytes)
      throws IOException {
    Files.createDirectories(directory);
    ExecutorService background =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("osd-background").daemon().factory());
    Space space = new Space(Files.getFileStore(directory), maxReserveBytes);
    Segments segments = new Segments(directory, segmentBytes, space, background);
    ObjectStore store = new ObjectStore(osd, index, space, segments, background);
    segments.settle(store.liveBlocks());
    return store;
  }

  /** Reads the whole index once; some millions of blocks a second. */
  private Map<Integer, BitSet> liveBlocks() {
    Map<Integer, BitSet> live = new HashMap<>();
    try (Cursor c = index.cursor(objects, KeyRange.all())) {
      while (c.next()) {
        for (long l : BlockMap.decode(c.value()).all()) {
          live.computeIfAbsent(BlockMap.segmentOf(l), id -> new BitSet()).set(BlockMap.blockOf(l));
        }
      }
    }
    return live;
  }

  /** One file's objects, for its single writer. */
  public FileObjects open(FileId file) {
    int epoch = index.get(files, ObjectKeys.file(file)).map(ObjectKeys::epochIn).orElse(0);
    return new FileObjects(this, file, epoch);
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

  Index objects() {
    return objects;
  }

  Index files() {
    return files;
  }

  Store index() {
    return index;
  }

  Optional<BlockMap> load(FileId file, long object) {
    return index.get(objects, ObjectKeys.object(file, object)).map(BlockMap::decode);
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
      syncer.close();
      background.shutdown();
      if (!background.awaitTermination(30, TimeUnit.SECONDS)) {
        LOG.warn("osd={} event=close-timeout", osd);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    segments.close();
  }
}
