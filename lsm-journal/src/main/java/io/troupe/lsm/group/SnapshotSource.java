package io.troupe.lsm.group;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Snapshot;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the group's ranges out of a pinned snapshot, chunk by chunk. Thread-safe; blocks. */
final class SnapshotSource implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSource.class);

  /** What there is to send. */
  record Opened(StateAt at, long bytes) {}

  record Part(byte[] bytes, boolean last) {}

  private final Snapshot pinned;
  private final LogStore log;
  private final StateRanges ranges;
  private final int chunkBytes;
  private @Nullable Cursor cursor;
  private int range;
  private boolean ahead; // the entry under the cursor is in no chunk yet
  private boolean closed;

  SnapshotSource(Snapshot pinned, LogStore log, StateRanges ranges, int chunkBytes) {
    this.pinned = pinned;
    this.log = log;
    this.ranges = ranges;
    this.chunkBytes = chunkBytes;
  }

  /** Which state it is, and how large; empty when there is none that could be sent. */
  synchronized Optional<Opened> open() {
    if (closed) {
      return Optional.empty();
    }
    Optional<StateAt> at = log.applied(pinned);
    long bytes = 0;
    for (int i = 0; at.isPresent() && i < ranges.count(); i++) {
      try (Cursor all = pinned.cursor(ranges.index(i), ranges.range(i))) {
        while (all.next()) {
          long size = ChunkFormat.bytes(all);
          if (size > GroupSettings.MAX_MESSAGE_BYTES) {
            LOG.error(
                "no snapshot can be sent: an entry of index {} has {} bytes",
                ranges.index(i).name(),
                size);
            return Optional.empty();
          }
          bytes += size;
        }
      }
    }
    long total = bytes;
    return at.map(place -> new Opened(place, total));
  }

  /** The next chunk; of none when it is closed. */
  synchronized Optional<Part> next() {
    if (closed) {
      return Optional.empty();
    }
    var chunk = new ByteArrayOutputStream();
    while (range < ranges.count()) {
      Cursor current = cursor;
      if (current == null) {
        current = pinned.cursor(ranges.index(range), ranges.range(range));
        cursor = current;
      }
      while (ahead || current.next()) {
        ahead = chunk.size() > 0 && chunk.size() + ChunkFormat.bytes(current) > chunkBytes;
        if (ahead) {
          return Optional.of(new Part(chunk.toByteArray(), false));
        }
        ChunkFormat.add(chunk, range, current);
      }
      current.close();
      cursor = null;
      range++;
    }
    return Optional.of(new Part(chunk.toByteArray(), true));
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (cursor != null) {
        cursor.close();
      }
      pinned.close();
    }
  }
}
