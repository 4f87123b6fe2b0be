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

  private final SegmentPool pool;
  private SegmentPool.Segment segment;
  private int position = WalFormat.SEGMENT_HEADER_BYTES;
  private int end;
  private int writtenOut; // what is in front of it is on its way to the disk
  private long written;
  private volatile long durable; // written by one thread
  private long start;

  /**
   * Starts a segment of its own: nothing is ever appended to what an earlier process wrote.
   *
   * @param lastSequence the newest sequence number that recovery found; all of it is durable
   */
  public Wal(SegmentPool pool, long lastSequence) throws IOException {
    this.pool = pool;
    this.segment = pool.take();
    this.end = segment.bytes();
    this.written = lastSequence;
    this.durable = lastSequence;
    this.start = lastSequence + 1;
  }

  /** Whether a frame of that many bytes fits into the current segment as it is. */
  public boolean fits(long frameBytes) {
    return position + frameBytes + Long.BYTES <= end;
  }

  /**
   * Makes sure that a frame of that many bytes fits into the current segment, which may become a
   * new one.
   */
  public void ensure(int frameBytes) throws IOException {
    int needed = WalFormat.padded(frameBytes);
    if (position + needed <= end) {
      return;
    }
    if (position > WalFormat.SEGMENT_HEADER_BYTES) {
      // Sequence: a frame of the next segment implies that all of this one is durable. Recovery
      // relies on it.
      force();
      SegmentPool.Segment next = pool.take();
      segment.file().close();
      segment = next;
      writtenOut = 0;
      position = WalFormat.SEGMENT_HEADER_BYTES;
      end = segment.bytes();
      start = written + 1;
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
    if (position - writtenOut >= WRITE_OUT_BYTES) {
      int whole = position & -PAGE_BYTES; // the last page will be written again
      segment.file().writeOut(writtenOut, whole - writtenOut);
      writtenOut = whole;
    }
  }

  /** Makes all that was appended durable. */
  public void force() throws IOException {
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
      for (int at = end; at < to; at += zeros.capacity()) {
        zeros.clear();
        file.write(at, zeros);
      }
    } catch (NoSpaceException e) {
      file.truncate(end);
      throw e;
    }
    end = to;
  }
}
