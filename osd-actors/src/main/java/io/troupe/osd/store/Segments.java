package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import io.troupe.lsm.disk.NoSpaceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All segments of the store: hands out blocks, takes them back. Thread-safe. */
final class Segments implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

  /** What crashes leave behind in older segments was punched at earlier starts. */
  private static final int PUNCHED_AT_START = 32;

  /** Begins the write-out of a long write, so that its sync finds little left to do. */
  private static final int WRITE_OUT_BLOCKS = (8 << 20) / BlockMap.BLOCK_BYTES;

  /** Writes of fewer blocks are likely to be synced soon, one by one. */
  private static final int SMALL_BLOCKS = 16;

  private final BlockDisk disk;
  private final int blocksPerSegment;

  /** Small writes go where zeros have been written before, see {@link ObjectStore.Sizes}. */
  private final MemorySegment zeros;

  private final Space space;
  private final Executor background;
  private final Map<Integer, Segment> segments = new ConcurrentHashMap<>();
  private Segment current;
  private int nextId;
  private int nextBlock;

  /** Blocks of the current segment before this one have been written once, with data or zeros. */
  private int preparedBlocks;

  /** Blocks of the current segment before this one are being written out, or are. */
  private int writtenOut;

  /** A contiguous range of new blocks. */
  record Extent(Segment segment, int firstBlock, int blocks) {
    long location(int block) {
      return BlockMap.location(segment.id(), firstBlock + block);
    }

    List<Long> locations() {
      List<Long> all = new ArrayList<>(blocks);
      for (int k = 0; k < blocks; k++) {
        all.add(location(k));
      }
      return all;
    }
  }

  /**
   * Opens what is there and begins a segment.
   *
   * @param background carries out what nobody waits for, one after the other
   */
  Segments(BlockDisk disk, ObjectStore.Sizes sizes, Space space, Executor background)
      throws IOException {
    this.disk = disk;
    this.blocksPerSegment = Math.toIntExact(sizes.segmentBytes() / BlockMap.BLOCK_BYTES);
    this.zeros =
        Arena.ofAuto()
            .allocate((long) sizes.preparedBlocks() * BlockMap.BLOCK_BYTES, BlockMap.BLOCK_BYTES);
    this.space = space;
    this.background = background;
    int highest = 0;
    for (int id : disk.list()) {
      Segment old = new Segment(id, disk.open(id));
      old.seal();
      segments.put(id, old);
      highest = Math.max(highest, id);
    }
    this.nextId = highest + 1;
    this.current = begin();
  }

  /** A number is used once, even where the beginning fails: the file may be there. */
  private Segment begin() throws IOException {
    int id = nextId++;
    Segment s = new Segment(id, disk.create(id));
    segments.put(id, s);
    nextBlock = 0;
    preparedBlocks = 0;
    writtenOut = 0;
    return s;
  }

  /** Hands out as many blocks as fit behind each other, at least one. */
  synchronized Extent allocate(int wanted) throws StoreFailure {
    space.claim((long) wanted * BlockMap.BLOCK_BYTES);
    if (nextBlock == blocksPerSegment || current.hasFailed()) {
      Segment done = current;
      try {
        current = begin();
      } catch (IOException e) {
        throw new StoreFailure(errnoOf(e), "cannot begin a segment: " + e.getMessage(), e);
      }
      done.seal();
      if (done.isDead()) { // emptied while it was still the current one
        background.execute(() -> discard(done));
      }
    }
    int n = Math.min(wanted, blocksPerSegment - nextBlock);
    if (n < SMALL_BLOCKS && nextBlock + n > preparedBlocks && zeros.byteSize() > 0) {
      prepare();
    }
    Extent e = new Extent(current, nextBlock, n);
    nextBlock += n;
    current.added(n);
    return e;
  }

  /** Without it the write itself makes the file longer, or says why that cannot be. */
  private void prepare() {
    long bytes =
        Math.min(zeros.byteSize(), (long) (blocksPerSegment - nextBlock) * BlockMap.BLOCK_BYTES);
    preparedBlocks = nextBlock + (int) (bytes / BlockMap.BLOCK_BYTES);
    try {
      current.write(nextBlock, zeros.asSlice(0, bytes));
    } catch (IOException e) {
      LOG.debug("segment={} event=not-prepared cause={}", current.name(), e.getMessage());
    }
  }

  static Errno errnoOf(IOException e) {
    return e instanceof NoSpaceException ? Errno.ENOSPC : Errno.EIO;
  }

  /**
   * Called behind a write: begins the write-out of the current segment when enough has come
   * together. It is no sync: that would let the file system commit its journal, which further
   * writes wait for. What is still being written by others is left for later.
   */
  synchronized void written() {
    int blocks = nextBlock - writtenOut;
    if (blocks < WRITE_OUT_BLOCKS) {
      return;
    }
    Segment s = current;
    int first = writtenOut;
    writtenOut = nextBlock;
    background.execute(() -> s.beginWriteOut(first, blocks));
  }

  Segment of(int id) throws StoreFailure {
    Segment s = segments.get(id);
    if (s == null) {
      throw new StoreFailure(Errno.EIO, "there is no segment " + id);
    }
    return s;
  }

  /** Gives blocks back that no index record refers to any more. */
  void free(Collection<Long> locations) {
    if (locations.isEmpty()) {
      return;
    }
    List<Long> sorted = new ArrayList<>(locations);
    background.execute(() -> punch(sorted));
  }

  private void punch(List<Long> locations) {
    locations.sort(Long::compare);
    for (int i = 0; i < locations.size(); ) {
      int n = 1;
      while (i + n < locations.size() && locations.get(i + n) == locations.get(i) + n) {
        n++;
      }
      Segment s = segments.get(BlockMap.segmentOf(locations.get(i)));
      if (s != null) {
        s.removed(n);
        if (s.isDead()) {
          discard(s);
        } else {
          punch(s, BlockMap.blockOf(locations.get(i)), n);
        }
      }
      i += n;
    }
    space.changed();
  }

  /** A failure costs space and nothing else. */
  private static void punch(Segment s, int firstBlock, int blocks) {
    try {
      s.punch(firstBlock, blocks);
    } catch (IOException e) {
      LOG.warn("segment={} event=punch-failed", s.name(), e);
    }
  }

  private void discard(Segment s) {
    if (segments.remove(s.id(), s)) {
      try {
        s.close();
        disk.delete(s.id());
      } catch (IOException e) {
        LOG.warn("segment={} event=delete-failed", s.name(), e);
      }
    }
  }

  /** After a start: counts what the index refers to, and gives the rest back. */
  void settle(Map<Integer, BitSet> live) {
    TreeMap<Integer, Segment> old = new TreeMap<>(segments);
    old.remove(current.id());
    live.forEach(
        (id, blocks) -> {
          Segment s = old.get(id);
          if (s == null) {
            LOG.error("segment={} event=missing blocks={}", id, blocks.cardinality());
          } else {
            s.added(blocks.cardinality());
          }
        });
    List<Segment> recent = new ArrayList<>();
    for (Segment s : old.descendingMap().values()) {
      if (s.isDead()) {
        discard(s);
      } else if (recent.size() < PUNCHED_AT_START) {
        recent.add(s);
      }
    }
    background.execute(
        () -> recent.forEach(s -> punchGaps(s, live.getOrDefault(s.id(), new BitSet()))));
  }

  private void punchGaps(Segment s, BitSet live) {
    try {
      int end = (int) Math.ceilDiv(s.sizeBytes(), BlockMap.BLOCK_BYTES);
      for (int b = live.nextClearBit(0); b < end; ) {
        int next = live.nextSetBit(b);
        int stop = next < 0 ? end : next;
        punch(s, b, stop - b);
        b = live.nextClearBit(stop);
      }
    } catch (IOException e) {
      LOG.warn("segment={} event=size-unknown", s.name(), e);
    }
  }

  /** Blocks that objects hold, durably or not. */
  long liveBlocks() {
    return segments.values().stream().mapToLong(Segment::liveBlocks).sum();
  }

  @Override
  public void close() throws IOException {
    for (Segment s : segments.values()) {
      s.close();
    }
  }
}
