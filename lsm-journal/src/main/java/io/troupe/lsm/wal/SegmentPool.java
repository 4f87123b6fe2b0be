package io.troupe.lsm.wal;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments ready before they are needed: zero-filled, synced, with a header of their own and
 * their name durable. A write into such a segment changes no metadata of the file, so that a sync
 * is one write of the device (31 against 37 µs for 300 bytes on the machine this was measured on).
 * Segments that are not needed any more are used again rather than filled anew. Thread-safe.
 */
public final class SegmentPool implements AutoCloseable {

  /** What recovery finds under a name of this kind was never a segment, or is one no longer. */
  static final String TEMPORARY = ".tmp";

  private static final int MAX_SPARE = 4;

  /** More at a time makes large folios, in which a small write takes 2 to 4 µs instead of 1. */
  private static final int FILL_BYTES = 64 << 10;

  /** A segment that is ready to be written. */
  record Segment(long number, long salt, DiskFile file, int bytes) {}

  private final Disk disk;
  private final int segmentBytes;
  private final SecureRandom random = new SecureRandom();
  private final Deque<String> spare = new ArrayDeque<>();
  private long nextNumber;
  private long spareCount;
  private volatile long newestTaken;
  private @Nullable Segment ready;

  public SegmentPool(Disk disk, int segmentBytes, long nextNumber) {
    this.disk = disk;
    this.segmentBytes = segmentBytes;
    this.nextNumber = nextNumber;
  }

  /** Makes one ready if none is. */
  public synchronized void prepare() throws IOException {
    if (ready == null) {
      ready = make();
    }
  }

  /** The next segment, made now when none is ready. The caller closes its file. */
  synchronized Segment take() throws IOException {
    Segment taken = ready;
    ready = null;
    if (taken == null) {
      taken = make();
    }
    newestTaken = taken.number();
    return taken;
  }

  /** Number of the segment that is written, or 0 before there is one. Any thread. */
  public long newestTaken() {
    return newestTaken;
  }

  /** Takes back a file that is no segment any more: keeps it for later, or deletes it. */
  public synchronized void recycle(String file) throws IOException {
    boolean usable = false;
    if (spare.size() < MAX_SPARE) {
      try (DiskFile opened = disk.open(file)) {
        usable = opened.size() == segmentBytes;
      }
    }
    if (usable) {
      String name = "spare-" + spareCount++ + TEMPORARY;
      disk.rename(file, name);
      spare.add(name);
    } else {
      disk.delete(file);
    }
  }

  /** Deletes what is kept for later, to make room. */
  public synchronized void shrink() throws IOException {
    while (!spare.isEmpty()) {
      disk.delete(spare.remove());
    }
  }

  @Override
  public synchronized void close() throws IOException {
    Segment unused = ready;
    if (unused != null) {
      unused.file().close();
    }
  }

  private Segment make() throws IOException {
    long number = nextNumber;
    long salt = random.nextLong();
    String used = spare.poll();
    String temporary = used == null ? "fresh-" + spareCount++ + TEMPORARY : used;
    DiskFile file = used == null ? disk.createLog(temporary) : disk.openLog(temporary);
    boolean done = false;
    try {
      if (used == null) {
        fill(file);
      }
      file.write(0, WalFormat.header(number, salt));
      file.force();
      disk.rename(temporary, WalFormat.fileName(number));
      disk.sync();
      nextNumber++;
      done = true;
      return new Segment(number, salt, file, segmentBytes);
    } finally {
      if (!done) {
        file.close();
        disk.delete(temporary);
      }
    }
  }

  private void fill(DiskFile file) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(FILL_BYTES, segmentBytes));
    for (int at = 0; at < segmentBytes; at += zeros.capacity()) {
      zeros.clear().limit(Math.min(zeros.capacity(), segmentBytes - at));
      file.write(at, zeros);
      // Piece by piece: one sync of it all would hold up the syncs of the log.
      file.force();
    }
  }
}
