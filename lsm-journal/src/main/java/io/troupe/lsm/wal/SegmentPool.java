package io.troupe.lsm.wal;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments ready before they are needed, with a header of their own and their name durable.
 *
 * <p>Those of a log that is synced often are filled with zeros and synced. A write into such a
 * segment changes no metadata of the file, so that a sync is one write of the device (100 against
 * 200 µs on the machine this was measured on). Filling them writes the log twice, which is too much
 * for a log that hardly anybody syncs: its segments have their room on the disk, and no more. Which
 * of the two it is, {@link #syncs} tells. A file that is as long as a segment was written from
 * start to end; one that only has its room is as long as what was written.
 *
 * <p>Segments that are not needed any more are used again rather than filled anew. Thread-safe.
 */
public final class SegmentPool implements AutoCloseable {

  /** What recovery finds under a name of this kind was never a segment, or is one no longer. */
  static final String TEMPORARY = ".tmp";

  private static final int MAX_SPARE = 4;

  /** More at a time makes large folios, in which a small write takes 2 to 4 µs instead of 1. */
  private static final int FILL_BYTES = 64 << 10;

  private static final int SYNC_BYTES = 4 * FILL_BYTES;

  /** Filled in a few milliseconds, and enough for about as long as a large one takes. */
  private static final int SMALL_BYTES = 4 << 20;

  /** What a segment that is used again may lack at its end: a frame that did not fit. */
  private static final int MAX_REST_PART = 16;

  private static final String SPARE = "spare-";

  /** What is known of the traffic. */
  private enum Syncs {
    UNKNOWN,
    OFTEN,
    SELDOM
  }

  /**
   * A segment that is ready to be written.
   *
   * @param filled whether it was written before, so that a sync changes no metadata
   */
  record Segment(long number, long salt, DiskFile file, int bytes, boolean filled) {}

  private final Disk disk;
  private final int segmentBytes;
  private final SecureRandom random = new SecureRandom();
  private final Deque<String> spare = new ArrayDeque<>();
  private long nextNumber;
  private long count;
  private volatile long newestTaken;
  private volatile Syncs syncs = Syncs.UNKNOWN;
  private @Nullable Segment ready;

  public SegmentPool(Disk disk, int segmentBytes, long nextNumber) {
    this.disk = disk;
    this.segmentBytes = segmentBytes;
    this.nextNumber = nextNumber;
  }

  /**
   * What the log is like by now; to be followed by {@link #prepare} when it changed.
   *
   * @return whether that is something else than before
   */
  boolean syncs(boolean often) {
    Syncs now = often ? Syncs.OFTEN : Syncs.SELDOM;
    boolean changed = syncs != now;
    syncs = now;
    return changed;
  }

  /** Whether a segment that syncs are fast in is wanted and there. */
  boolean offersFaster(Segment current) {
    return !current.filled() && syncs == Syncs.OFTEN && hasFilled();
  }

  /** Whether the next segment that is taken, or the one behind it, is a filled one. */
  private synchronized boolean hasFilled() {
    return !spare.isEmpty() || (ready != null && ready.filled());
  }

  /**
   * Makes one ready if none is, and a filled one if that is what the log needs now. Fills without
   * holding up who takes one meanwhile. Does nothing before it is known what the log is like: a
   * store that is opened and not written to would fill a segment for nothing.
   */
  public void prepare() throws IOException {
    String unused;
    synchronized (this) {
      boolean enough = syncs == Syncs.OFTEN ? hasFilled() && ready != null : ready != null;
      if (enough || (syncs == Syncs.UNKNOWN && spare.isEmpty())) {
        return;
      }
      if (!spare.isEmpty()) {
        ready = filled(spare.remove());
        return;
      }
      if (syncs == Syncs.SELDOM) {
        ready = reserved();
        if (ready != null) {
          return;
        }
      }
      unused = fresh();
    }
    fill(unused, segmentBytes);
    synchronized (this) {
      if (ready == null) {
        ready = filled(unused);
      } else {
        spare.addFirst(unused);
      }
    }
  }

  /**
   * The next segment. When none is ready it is one that is made at once: nobody waits until a large
   * one is filled. The caller closes its file.
   */
  synchronized Segment take() throws IOException {
    Segment taken = ready;
    ready = null;
    if (taken == null && !spare.isEmpty()) {
      taken = filled(spare.remove());
    }
    if (taken == null && syncs == Syncs.SELDOM) {
      taken = reserved();
    }
    if (taken == null) {
      String unused = fresh();
      fill(unused, Math.min(segmentBytes, SMALL_BYTES));
      taken = filled(unused);
    }
    newestTaken = taken.number();
    return taken;
  }

  /** Number of the segment that is written, or 0 before there is one. Any thread. */
  public long newestTaken() {
    return newestTaken;
  }

  /** Takes back a file that is no segment any more: keeps it for later, or deletes it. */
  public void recycle(String file) throws IOException {
    String name;
    synchronized (this) {
      if (spare.size() >= MAX_SPARE || !isWhole(file)) {
        disk.delete(file);
        return;
      }
      name = SPARE + count++ + TEMPORARY;
      disk.rename(file, name);
    }
    if (fillRest(name)) {
      synchronized (this) {
        spare.add(name);
      }
    }
  }

  /** Takes over what an earlier pool kept for later. */
  public synchronized void adopt() throws IOException {
    for (String name : disk.list()) {
      if (isSpare(name)) {
        if (spare.size() < MAX_SPARE && isWhole(name) && fillRest(name)) {
          spare.add(name);
          count = Math.max(count, 1 + number(name));
        } else {
          disk.delete(name);
        }
      }
    }
  }

  /** Whether a file was kept for later. It was a segment, and so is filled. */
  static boolean isSpare(String name) {
    return name.matches(SPARE + "[0-9]{1,18}" + TEMPORARY);
  }

  private static long number(String spare) {
    return Long.parseLong(spare.substring(SPARE.length(), spare.length() - TEMPORARY.length()));
  }

  /** Whether a file was written as far as a segment goes, but for a little. */
  private boolean isWhole(String file) throws IOException {
    try (DiskFile opened = disk.open(file)) {
      long size = opened.size();
      return size <= segmentBytes && size >= segmentBytes - segmentBytes / MAX_REST_PART;
    }
  }

  /** Writes what such a file lacks; false when the disk is full, and the file is gone. */
  private boolean fillRest(String name) throws IOException {
    try (DiskFile file = disk.open(name)) {
      int size = Math.toIntExact(file.size());
      if (size < segmentBytes) {
        fill(file, size, segmentBytes);
      }
      return true;
    } catch (NoSpaceException e) {
      disk.delete(name);
      return false;
    }
  }

  /** Deletes what is kept for later, to make room. */
  public synchronized void shrink() throws IOException {
    while (!spare.isEmpty()) {
      disk.delete(spare.remove());
    }
  }

  /**
   * Deletes what was made ready and what is kept for later: before a close, since the next start
   * would only read the one as an empty segment and delete the others. Closed afterwards.
   */
  public synchronized void giveBack() throws IOException {
    shrink();
    Segment unused = ready;
    if (unused != null) {
      ready = null;
      unused.file().close();
      disk.delete(WalFormat.fileName(unused.number()));
    }
  }

  @Override
  public synchronized void close() throws IOException {
    Segment unused = ready;
    if (unused != null) {
      unused.file().close();
    }
  }

  private String fresh() {
    return "fresh-" + count++ + TEMPORARY;
  }

  private Segment filled(String temporary) throws IOException {
    DiskFile file = disk.openLog(temporary);
    return segment(temporary, file, Math.toIntExact(file.size()), true);
  }

  /** A segment that has its room on the disk; null when the file system cannot do that. */
  private @Nullable Segment reserved() throws IOException {
    String name = fresh();
    DiskFile file = disk.createLog(name);
    boolean reserved = false;
    try {
      reserved = file.reserve(segmentBytes);
    } finally {
      if (!reserved) {
        file.close();
        disk.delete(name);
      }
    }
    return reserved ? segment(name, file, segmentBytes, false) : null;
  }

  /** Makes a file a segment. */
  private Segment segment(String temporary, DiskFile file, int bytes, boolean filled)
      throws IOException {
    long number = nextNumber;
    long salt = random.nextLong();
    boolean done = false;
    try {
      file.write(0, WalFormat.header(number, salt));
      file.force();
      disk.rename(temporary, WalFormat.fileName(number));
      disk.sync();
      nextNumber++;
      done = true;
      return new Segment(number, salt, file, bytes, filled);
    } finally {
      if (!done) {
        file.close();
        disk.delete(temporary);
      }
    }
  }

  /** Makes a file of zeros. */
  private void fill(String name, int bytes) throws IOException {
    boolean done = false;
    try (DiskFile file = disk.create(name)) {
      fill(file, 0, bytes);
      done = true;
    } finally {
      if (!done) {
        disk.delete(name);
      }
    }
  }

  private static void fill(DiskFile file, int from, int to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(FILL_BYTES, to - from));
    int synced = from;
    for (int at = from; at < to; at += zeros.capacity()) {
      zeros.clear().limit(Math.min(zeros.capacity(), to - at));
      file.write(at, zeros);
      if (at - synced >= SYNC_BYTES) {
        // Piece by piece: one sync of it all would hold up the syncs of the log.
        file.force();
        synced = at;
      }
    }
    file.force();
  }
}
