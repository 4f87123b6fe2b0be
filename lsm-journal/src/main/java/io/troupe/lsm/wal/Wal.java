package io.troupe.lsm.wal;

import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The writing end of the log. For one thread.
 *
 * <p>Use: {@link #ensure} the room for a frame, encode it with {@link #salt}, {@link #durable} and
 * {@link #start}, {@link #append} it, {@link #force}. Only {@code ensure} may be tried again after
 * a failure, and only after {@link NoSpaceException}: nothing of the frame is written by then.
 * After any other failure the end of the log is unknown, and the log must not be used any more.
 */
public final class Wal implements AutoCloseable {

  private static final int FILL_BYTES = 1 << 16;

  /**
   * What nobody syncs is written out in pieces of this size: when a segment is full its sync holds
   * up the writers, and must not have all of it to write.
   */
  private static final int WRITE_OUT_BYTES = 1 << 20;

  private static final int PAGE_BYTES = 4096;

  /**
   * With fewer bytes for each sync the log is one that is synced often: a sync that changes
   * metadata takes 100 µs more, which counts as long as the bytes take about as much.
   */
  private static final int OFTEN_BYTES = 1 << 20;

  /** So many syncs, or so many times those bytes, and it is known which it is. */
  private static final int ENOUGH_SYNCS = 16;

  private static final int ENOUGH_BYTES = 4;

  /** At the end of each segment there is room for the frame of {@link #seal}. */
  private static final int SEAL_BYTES = WalFormat.padded(WalFormat.FRAME_HEADER_BYTES);

  private final SegmentPool pool;
  private final WalSegments segments;
  private SegmentPool.Segment segment;
  private int position = WalFormat.SEGMENT_HEADER_BYTES;
  private int end;
  private int writtenOut; // what is in front of it is on its way to the disk
  private long written;
  private volatile long durable; // written by one thread
  private final int oftenBytes;
  private int syncs; // of late
  private long bytes; // of late
  private boolean changed;
  private long start;

  /**
   * Starts a segment of its own: nothing is ever appended to what an earlier process wrote.
   *
   * @param lastSequence the newest sequence number that recovery found; all of it is durable
   */
  public Wal(SegmentPool pool, WalSegments segments, long lastSequence) throws IOException {
    this.pool = pool;
    this.segments = segments;
    this.segment = pool.take();
    this.end = segment.bytes() - SEAL_BYTES;
    this.oftenBytes = Math.min(OFTEN_BYTES, end / (2 * ENOUGH_BYTES));
    this.written = lastSequence;
    this.durable = lastSequence;
    this.start = lastSequence + 1;
    segments.add(segment.number(), start);
  }

  /** Whether a frame of that many bytes fits into the current segment as it is. */
  public boolean fits(long frameBytes) {
    return position + frameBytes + Long.BYTES <= end && !pool.offersFaster(segment);
  }

  /**
   * Makes sure that a frame of that many bytes fits into the current segment, which may become a
   * new one.
   */
  public void ensure(int frameBytes) throws IOException {
    int needed = WalFormat.padded(frameBytes);
    if (position + needed <= end && !pool.offersFaster(segment)) {
      return;
    }
    if (position > WalFormat.SEGMENT_HEADER_BYTES) {
      // Sequence: a frame of the next segment implies that all of this one is durable. Recovery
      // relies on it.
      sync();
      SegmentPool.Segment next = pool.take();
      segment.file().close();
      segment = next;
      writtenOut = 0;
      position = WalFormat.SEGMENT_HEADER_BYTES;
      end = segment.bytes() - SEAL_BYTES;
      start = written + 1;
      segments.add(segment.number(), start);
    }
    if (position + needed > end) {
      extend(position + needed);
    }
  }

  /** Writes a frame for which there is room, up to a sequence number. */
  public void append(ByteBuffer frame, long lastSequence) throws IOException {
    int bytes = frame.remaining();
    if (position + bytes > end) {
      throw new IllegalStateException("a frame of " + bytes + " bytes does not fit");
    }
    try {
      segment.file().write(position, frame);
    } catch (NoSpaceException e) {
      throw new IOException("no space for a frame where zeros had been written", e);
    }
    position += bytes;
    written = lastSequence;
    this.bytes += bytes;
    if (this.bytes >= (long) ENOUGH_BYTES * oftenBytes) {
      judge();
    }
    if (position - writtenOut >= WRITE_OUT_BYTES) {
      int whole = position & -PAGE_BYTES; // the last page will be written again
      segment.file().writeOut(writtenOut, whole - writtenOut);
      writtenOut = whole;
    }
  }

  /** Makes all that was appended durable. */
  public void force() throws IOException {
    if (durable < written && ++syncs >= ENOUGH_SYNCS) {
      judge();
    }
    sync();
  }

  /**
   * Whether the log began or ceased to be synced often since this was asked: then other segments
   * are to be prepared.
   */
  public boolean changed() {
    boolean now = changed;
    changed = false;
    return now;
  }

  private void judge() {
    changed |= pool.syncs(bytes < (long) syncs * oftenBytes);
    syncs = 0;
    bytes = 0;
  }

  private void sync() throws IOException {
    if (durable < written) {
      try {
        segment.file().force();
      } catch (NoSpaceException e) {
        throw new IOException("no space at the sync of a segment that had been filled", e);
      }
      durable = written;
      writtenOut = position & -PAGE_BYTES;
    }
  }

  /**
   * Makes all that was appended durable and then writes behind it that it is, in a frame without
   * batches: from then on a last frame that does not verify is not the torn one of a crash. The
   * last thing to be done with a log.
   */
  public void seal(int epoch) throws IOException {
    force(); // first: what the frame says has to be true when it is on the disk and nothing else is
    if (position == WalFormat.SEGMENT_HEADER_BYTES) {
      return;
    }
    ByteBuffer frame = ByteBuffer.allocateDirect(SEAL_BYTES);
    WalFormat.begin(frame, segment.salt(), written + 1, durable, start, 0, epoch);
    WalFormat.end(frame);
    try {
      segment.file().write(position, frame);
      segment.file().force();
    } catch (NoSpaceException e) {
      throw new IOException("no space for a frame where zeros had been written", e);
    }
    position += SEAL_BYTES;
  }

  /** Number of the current segment. */
  public long segment() {
    return segment.number();
  }

  /** Salt of the current segment. */
  public long salt() {
    return segment.salt();
  }

  /** The first sequence number of the current segment. */
  public long start() {
    return start;
  }

  /**
   * Gives up what is kept for those who follow the log, because the disk is nearly full.
   *
   * @param needed the first segment that recovery needs
   * @return whether anything was
   */
  public boolean giveUpKept(long needed) throws IOException {
    return segments.release(needed, false);
  }

  /** The newest sequence number that is durable. */
  public long durable() {
    return durable;
  }

  @Override
  public void close() throws IOException {
    segment.file().close();
  }

  /**
   * A batch larger than a segment: its segment grows, with zeros first, so that a full disk is met
   * before the frame is begun.
   */
  private void extend(int to) throws IOException {
    DiskFile file = segment.file();
    ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
    try {
      for (int at = end; at < to + SEAL_BYTES; at += zeros.capacity()) {
        zeros.clear();
        file.write(at, zeros);
      }
    } catch (NoSpaceException e) {
      file.truncate(end + SEAL_BYTES);
      throw e;
    }
    end = to;
  }
}
