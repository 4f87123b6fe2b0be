package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Frames of a segment, read through a window that moves over the file: a log of any length is read
 * in memory that stays in the processor's cache, and what was never written costs little. For one
 * thread; the window is used again for the next segment.
 */
final class SegmentReader {

  private static final int WINDOW_BYTES = 1 << 20;

  /** A read into an array goes through memory outside of the heap of as many bytes. */
  private static final int READ_BYTES = 256 << 10;

  private static final byte[] ZEROS = new byte[4096];

  private @Nullable DiskFile file;
  private String name = "";
  private int size;
  private long salt;
  private ByteBuffer window = ByteBuffer.allocate(WalFormat.SEGMENT_HEADER_BYTES);
  private int windowAt; // where in the file the window starts

  /** Goes on with a file. */
  WalFormat.SegmentHeader open(String fileName, DiskFile opened) throws IOException {
    name = fileName;
    file = opened;
    size = Math.toIntExact(opened.size());
    windowAt = 0;
    window.clear().limit(0);
    load(0, Math.min(size, WalFormat.SEGMENT_HEADER_BYTES));
    WalFormat.SegmentHeader header = WalFormat.decodeHeader(name, window);
    salt = header.salt();
    return header;
  }

  /** The frame at an offset; null when what is there does not verify. */
  WalFormat.@Nullable FrameHeader frame(int offset) throws IOException {
    if (size - offset < WalFormat.FRAME_HEADER_BYTES) {
      return null;
    }
    load(offset, WalFormat.FRAME_HEADER_BYTES);
    if (window.getLong(offset - windowAt + 8) != salt) {
      return null;
    }
    int length = window.getInt(offset - windowAt);
    if (length < WalFormat.FRAME_HEADER_BYTES || length > size - offset) {
      return null;
    }
    load(offset, length);
    return WalFormat.frameAt(window, offset - windowAt, salt);
  }

  /** Hands the batches of the frame that was verified last to a visitor. */
  void visit(int offset, WalFormat.FrameHeader frame, long after, WalFormat.Visitor visitor)
      throws IOException {
    WalFormat.visit(window, offset - windowAt, frame, after, visitor);
  }

  /**
   * Looks behind the end of the log for a frame that was written when more than what was read had
   * been synced.
   *
   * @param lastRead the last sequence number read of this segment, -1 for none
   */
  void rejectLoss(int end, long lastRead) throws IOException {
    int at = end + 8;
    while (size - at >= WalFormat.FRAME_HEADER_BYTES) {
      load(at, WalFormat.FRAME_HEADER_BYTES);
      at += zeros(at);
      int stop = windowAt + window.limit() - WalFormat.FRAME_HEADER_BYTES;
      int looked = Math.min(stop, at + ZEROS.length);
      for (; at <= looked; at += 8) {
        if (window.getLong(at - windowAt + 8) == salt) {
          WalFormat.FrameHeader later = frame(at);
          if (later != null && later.durable() > (lastRead < 0 ? later.start() - 1 : lastRead)) {
            throw new CorruptionException(
                name, end, "a frame does not verify, and one behind it shows that it was durable");
          }
          looked = at; // the window may be another one
        }
      }
    }
  }

  /** How many bytes from an offset on are zero, and with that no start of a frame. */
  private int zeros(int offset) {
    int from = offset - windowAt;
    int at = from;
    while (window.limit() - at >= ZEROS.length
        && Arrays.equals(window.array(), at, at + ZEROS.length, ZEROS, 0, ZEROS.length)) {
      at += ZEROS.length;
    }
    return at - from;
  }

  /** Moves the window, unless it has the bytes. */
  private void load(int offset, int bytes) throws IOException {
    DiskFile from = file;
    if (from == null || (offset >= windowAt && offset - windowAt <= window.limit() - bytes)) {
      return;
    }
    int wanted = Math.min(Math.max(bytes, WINDOW_BYTES), size - offset);
    if (wanted > window.capacity()) {
      window = ByteBuffer.allocate(wanted);
    }
    window.clear().limit(0);
    windowAt = offset;
    while (window.limit() < wanted) {
      int before = window.limit();
      window.position(before).limit(Math.min(wanted, before + READ_BYTES));
      int read = from.read(offset + before, window);
      window.limit(before + Math.max(0, read));
      if (read <= 0) {
        throw new IOException(name + " became shorter while it was read");
      }
    }
    window.position(0);
  }
}
