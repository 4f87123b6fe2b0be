package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log behind its writer, batch by batch, from the segments alone: what it holds in memory
 * is a piece of one segment, or one frame where that is larger. For one thread.
 *
 * <p>Segments are not kept for it. One that is given up while it is read becomes another one, with
 * another salt, so that nothing in it verifies any more: then the reader is told.
 */
public final class WalTail implements Closeable {

  private static final int PIECE_BYTES = 64 << 10;

  private final Disk disk;
  private final WalSegments segments;
  private long next;
  private @Nullable DiskFile file;
  private long number;
  private long salt;
  private long offset; // of the next frame
  private ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
  private long pieceAt; // where in the segment the piece is from
  private WalFormat.@Nullable FrameHeader frame;
  private int batch; // number of the next one within the frame
  private int batchAt; // and where it is in the piece
  private final Operations operations = new Operations();
  private int operationsAt;
  private int operationCount;

  /** What was to be read next is not in the log any more. */
  public static final class GoneException extends IOException {
    private static final long serialVersionUID = 1;

    GoneException(long sequence, long oldest) {
      super("the log starts at batch " + oldest + ", and batch " + sequence + " was to be read");
    }
  }

  /**
   * @param from the first batch to be read
   */
  public WalTail(Disk disk, WalSegments segments, long from) {
    this.disk = disk;
    this.segments = segments;
    this.next = from;
  }

  /**
   * Moves to the next batch.
   *
   * @param limit the last one that may be read; all up to it are written
   * @return whether there is one up to the limit
   * @throws GoneException when it is not in the log any more
   */
  public boolean next(long limit) throws IOException {
    if (next > limit) {
      return false;
    }
    while (!nextInFrame()) {
      nextFrame();
    }
    next++;
    return true;
  }

  /** Number of the batch. */
  public long sequence() {
    return next - 1;
  }

  /** Epoch of the batch. */
  public int epoch() {
    WalFormat.FrameHeader current = frame;
    return current == null ? 0 : current.epoch();
  }

  /** The operations of the batch, declarations among them; valid until the next move. */
  public Operations operations() {
    return operations.over(piece.array(), operationsAt, operationCount);
  }

  /** The batch that is read next. */
  public long position() {
    return next;
  }

  @Override
  public void close() throws IOException {
    DiskFile open = file;
    file = null;
    frame = null;
    if (open != null) {
      open.close();
    }
  }

  private boolean nextInFrame() {
    WalFormat.FrameHeader current = frame;
    while (current != null && batch < current.count()) {
      long sequence = current.firstSequence() + batch;
      operationCount = piece.getInt(batchAt);
      operationsAt = batchAt + WalFormat.BATCH_BYTES;
      operations.over(piece.array(), operationsAt, operationCount);
      while (operations.next()) {}
      batchAt = operationCount == 0 ? operationsAt : operations.end();
      batch++;
      if (sequence == next) {
        return true;
      }
    }
    return false;
  }

  /** Moves to the next frame that has something to be read. */
  private void nextFrame() throws IOException {
    frame = null;
    if (file == null) {
      open(segments.holding(next).orElseThrow(this::gone));
    }
    WalFormat.FrameHeader found = find();
    if (found == null) {
      if (!segments.has(number)) {
        throw gone();
      }
      OptionalLong behind = segments.after(number);
      if (behind.isEmpty()) {
        throw new CorruptionException(
            WalFormat.fileName(number), offset, "batch " + next + " does not verify");
      }
      open(behind.getAsLong());
      return;
    }
    if (found.firstSequence() > next) {
      throw new CorruptionException(
          WalFormat.fileName(number),
          offset,
          "the frame starts at batch " + found.firstSequence() + ", expected is " + next);
    }
    frame = found;
    batch = 0;
    batchAt = (int) (offset - pieceAt) + WalFormat.FRAME_HEADER_BYTES;
    offset += WalFormat.padded(found.length());
  }

  /** The frame at the offset, in the piece or read anew: there may be more by now. */
  private WalFormat.@Nullable FrameHeader find() throws IOException {
    long within = offset - pieceAt;
    if (within >= 0 && within + WalFormat.FRAME_HEADER_BYTES <= piece.limit()) {
      WalFormat.FrameHeader found = WalFormat.frameAt(piece, (int) within, salt);
      if (found != null) {
        return found;
      }
    }
    read(PIECE_BYTES);
    WalFormat.FrameHeader found = WalFormat.frameAt(piece, 0, salt);
    if (found == null && piece.limit() >= WalFormat.FRAME_HEADER_BYTES) {
      int length = piece.getInt(0);
      DiskFile open = file;
      if (piece.getLong(8) == salt
          && length > piece.limit()
          && open != null
          && length <= open.size() - offset) {
        read(length);
        found = WalFormat.frameAt(piece, 0, salt);
      }
    }
    return found;
  }

  private void read(int bytes) throws IOException {
    DiskFile open = file;
    if (open == null) {
      throw new IOException("the tail is closed");
    }
    if (piece.capacity() < bytes || (piece.capacity() > PIECE_BYTES && bytes <= PIECE_BYTES)) {
      piece = ByteBuffer.allocate(bytes);
    }
    piece.clear().limit(bytes);
    pieceAt = offset;
    open.read(offset, piece);
    piece.flip();
  }

  private void open(long segment) throws IOException {
    close();
    String name = WalFormat.fileName(segment);
    try {
      DiskFile opened = disk.open(name);
      file = opened;
      number = segment;
      offset = 0;
      read(WalFormat.SEGMENT_HEADER_BYTES);
      WalFormat.SegmentHeader header = WalFormat.decodeHeader(name, piece);
      if (header.number() != segment) {
        throw new CorruptionException(name, 16, "the segment says that it is " + header.number());
      }
      salt = header.salt();
      offset = WalFormat.SEGMENT_HEADER_BYTES;
    } catch (IOException e) {
      close();
      throw segments.has(segment) ? e : gone();
    }
  }

  private GoneException gone() {
    return new GoneException(next, segments.oldest());
  }
}
