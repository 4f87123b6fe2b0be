package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** Starts the write-out of a long write, so that its sync finds little left to do. */
  private static final long WRITE_OUT_BYTES = 16L << 20;

  private final Path directory;
  private final int blocksPerSegment;
  private final Space space;
  private final Executor background;
  private final Map<Integer, Segment> segments = new ConcurrentHashMap<>();
  private Segment current;
  private int nextBlock;
  private long unwritten;
  private boolean writingOut;

  /** A contiguous range of new blocks. */
  record Extent(Segment segment, int firstBlock, int blocks) {}

  Segments(Path directory, long segmentBytes, Space space, Executor background) throws IOException {
    this.directory = directory;
    this.blocksPerSegment = Math.toIntExact(segmentBytes / BlockMap.BLOCK_BYTES);
    this.space = space;
    this.background = background;
    Files.createDirectories(directory);
    int highest = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "segment-*")) {
      for (Path f : files) {
        int id = Integer.parseInt(f.getFileName().toString().substring("segment-".length()));
        segments.put(id, Segment.open(directory, id));
        highest = Math.max(highest, id);
      }
    }
    this.current = begin(highest + 1);
  }

  private Segment begin(int id) throws IOException {
    Segment s = Segment.create(directory, id);
    // The name must be durable before the index refers to it.
    try (FileChannel d = FileChannel.open(directory, StandardOpenOption.READ)) {
      d.force(true);
    }
    segments.put(id, s);
    nextBlock = 0;
    return s;
  }

  /** Hands out as many blocks as fit behind each other, at least one. */
  synchronized Extent allocate(int wanted) throws StoreFailure {
    space.claim((long) wanted * BlockMap.BLOCK_BYTES);
    if (nextBlock == blocksPerSegment) {
      Segment done = current;
      try {
        current = begin(done.id() + 1);
      } catch (IOException e) {
        throw new StoreFailure(Errno.EIO, "cannot begin a segment: " + e.getMessage(), e);
      }
      done.close(true);
    }
    int n = Math.min(wanted, blocksPerSegment - nextBlock);
    Extent e = new Extent(current, nextBlock, n);
    nextBlock += n;
    current.added(n);
    unwritten += (long) n * BlockMap.BLOCK_BYTES;
    return e;
  }

  /**
   * Called behind a write: begins the write-out of the current segment when enough has come
   * together.
   */
  synchronized void written() {
    if (unwritten < WRITE_OUT_BYTES || writingOut) {
      return;
    }
    unwritten = 0;
    writingOut = true;
    Segment s = current;
    background.execute(
        () -> {
          try {
            s.force();
          } catch (IOException e) {
            LOG.error("segment={} event=write-out-failed", s.path(), e);
          } finally {
            synchronized (this) {
              writingOut = false;
            }
          }
        });
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
          long offset = (long) BlockMap.blockOf(locations.get(i)) * BlockMap.BLOCK_BYTES;
          HolePunch.punch(s.path(), offset, (long) n * BlockMap.BLOCK_BYTES);
        }
      }
      i += n;
    }
    space.changed();
  }

  private void discard(Segment s) {
    if (segments.remove(s.id(), s)) {
      try {
        s.delete();
      } catch (IOException e) {
        LOG.warn("segment={} event=delete-failed", s.path(), e);
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
        HolePunch.punch(
            s.path(), (long) b * BlockMap.BLOCK_BYTES, (long) (stop - b) * BlockMap.BLOCK_BYTES);
        b = live.nextClearBit(stop);
      }
    } catch (IOException e) {
      LOG.warn("segment={} event=size-unknown", s.path(), e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Segment s : segments.values()) {
      s.close();
    }
  }
}
