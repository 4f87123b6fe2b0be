package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a log segment, {@code wal-<number in 16 hex digits>.log}. All numbers are
 * big-endian.
 *
 * <pre>
 * segment:  0            4          8           12      16         24     32            4096
 *           | magic TRWL | version  | crc32c    | 0     | number   | salt | zeros …     | frame | frame | … | zeros
 *                                     of 16..32
 *
 * frame:    0        4        8      16               24        32      40      44      48
 *           | length | crc32c | salt | first sequence | durable | start | count | epoch | batch | batch | … | zeros to a multiple of 8
 *
 * batch:    | operations u32 | operation | operation | …
 *
 * operation: see Operations; its kind is one of entry.Kind, or 64 where it declares an index (key:
 *            its name in UTF-8; no value), in front of the first batch that names it
 * </pre>
 *
 * <p>A frame is one group of batches, numbered from its first sequence number on without a gap; it
 * is there whole or not at all. The length counts from the length to the last batch, without the
 * padding; the checksum covers everything behind itself. The salt is drawn anew whenever a file
 * becomes a segment: a frame left over from an earlier life of the file never verifies. {@code
 * durable} is the highest sequence number that was known to be synced when the frame was written.
 * It tells corruption from a crash: a frame that does not verify was acknowledged as durable, and
 * is lost, exactly when a later frame says so; otherwise the log ends in front of it. {@code start}
 * is the first sequence number of the segment: it says the same when even the segment's first frame
 * does not verify. The epoch is what the opener of the store gave: who wrote, where several may
 * have.
 *
 * <p>A store that is closed ends its log with a frame without batches. It says of the frame in
 * front of it what nothing else would: that it was durable.
 *
 * <p>The header has a page of its own, so that no torn write of a frame reaches it.
 */
public final class WalFormat {

  static final int SEGMENT_HEADER_BYTES = 4096;
  static final int FRAME_HEADER_BYTES = 48;

  /** What a batch takes besides its operations. */
  public static final int BATCH_BYTES = 4;

  /** What a frame takes besides its batches, at most. */
  public static final int FRAME_BYTES = FRAME_HEADER_BYTES + 8;

  private static final int MAGIC = 0x5452574c; // TRWL
  private static final int VERSION = 2;

  /** Kind of an operation that gives an index its id. */
  public static final byte DECLARE = 64;

  private static final String PREFIX = "wal-";
  private static final String SUFFIX = ".log";

  private WalFormat() {}

  record SegmentHeader(long number, long salt) {}

  /** What a frame says of itself. */
  record FrameHeader(
      int length, long firstSequence, long durable, long start, int count, int epoch) {}

  /** Receives the batches of frames in order. */
  public interface Visitor {
    /**
     * A batch, in place: valid during the call.
     *
     * @param operations stands in front of the first
     */
    void batch(long sequence, int epoch, Operations operations) throws IOException;
  }

  static String fileName(long number) {
    return PREFIX + String.format("%016x", number) + SUFFIX;
  }

  /** The number of a segment by its file name; none for other files. */
  static Optional<Long> number(String fileName) {
    if (!fileName.startsWith(PREFIX) || !fileName.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String digits = fileName.substring(PREFIX.length(), fileName.length() - SUFFIX.length());
    return digits.matches("[0-9a-f]{16}")
        ? Optional.of(Long.parseUnsignedLong(digits, 16))
        : Optional.empty();
  }

  static ByteBuffer header(long number, long salt) {
    ByteBuffer page = ByteBuffer.allocateDirect(SEGMENT_HEADER_BYTES);
    page.putInt(0, MAGIC).putInt(4, VERSION).putLong(16, number).putLong(24, salt);
    return page.putInt(8, crc(page, 16, 32));
  }

  static SegmentHeader decodeHeader(String file, ByteBuffer page) throws CorruptionException {
    if (page.limit() < SEGMENT_HEADER_BYTES) {
      throw new CorruptionException(file, 0, "the file ends within the segment header");
    }
    if (page.getInt(0) != MAGIC) {
      throw new CorruptionException(file, 0, "not a log segment");
    }
    if (page.getInt(4) != VERSION) {
      throw new CorruptionException(
          file,
          4,
          "the log has format version "
              + page.getInt(4)
              + ", this program reads and writes version "
              + VERSION);
    }
    if (page.getInt(8) != crc(page, 16, 32)) {
      throw new CorruptionException(file, 8, "the checksum of the segment header does not match");
    }
    return new SegmentHeader(page.getLong(16), page.getLong(24));
  }

  /** Number and salt when their checksum holds, whatever is in front of it. */
  static Optional<SegmentHeader> salvageHeader(ByteBuffer page) {
    return page.limit() >= SEGMENT_HEADER_BYTES && page.getInt(8) == crc(page, 16, 32)
        ? Optional.of(new SegmentHeader(page.getLong(16), page.getLong(24)))
        : Optional.empty();
  }

  /** How far a frame of that length reaches. */
  static int padded(int length) {
    return (length + 7) & ~7;
  }

  // ---- encoding: begin, then for each batch batch and its operations, then end

  /** Starts a frame at the buffer's start. */
  public static void begin(
      ByteBuffer frame,
      long salt,
      long firstSequence,
      long durable,
      long start,
      int count,
      int epoch) {
    frame.clear();
    frame.putLong(8, salt).putLong(16, firstSequence).putLong(24, durable).putLong(32, start);
    frame.putInt(40, count).putInt(44, epoch);
    frame.position(FRAME_HEADER_BYTES);
  }

  /** Starts a batch of so many operations, declarations included. */
  public static void batch(ByteBuffer frame, int operations) {
    frame.putInt(operations);
  }

  public static void declare(ByteBuffer frame, int index, byte[] name) {
    frame.putInt(index).put(DECLARE).putShort((short) name.length).putInt(0).put(name);
  }

  /** Completes the frame; the buffer then holds it, padded. */
  public static void end(ByteBuffer frame) {
    int length = frame.position();
    while ((frame.position() & 7) != 0) {
      frame.put((byte) 0);
    }
    frame.flip();
    frame.putInt(0, length);
    frame.putInt(4, crc(frame, 8, length));
  }

  // ---- decoding

  /** The frame at an offset of a segment's bytes; null when what is there does not verify. */
  static @Nullable FrameHeader frameAt(ByteBuffer segment, int offset, long salt) {
    int left = segment.limit() - offset;
    if (left < FRAME_HEADER_BYTES || segment.getLong(offset + 8) != salt) {
      return null;
    }
    int length = segment.getInt(offset);
    if (length < FRAME_HEADER_BYTES
        || length > left
        || segment.getInt(offset + 4) != crc(segment, offset + 8, offset + length)) {
      return null;
    }
    return new FrameHeader(
        length,
        segment.getLong(offset + 16),
        segment.getLong(offset + 24),
        segment.getLong(offset + 32),
        segment.getInt(offset + 40),
        segment.getInt(offset + 44));
  }

  /**
   * Hands the batches of a frame that verified to a visitor, without those up to a sequence number.
   *
   * @param segment has an array
   */
  static void visit(ByteBuffer segment, int offset, FrameHeader header, long after, Visitor visitor)
      throws IOException {
    byte[] array = segment.array();
    int at = offset + FRAME_HEADER_BYTES;
    var operations = new Operations();
    for (int i = 0; i < header.count(); i++) {
      long sequence = header.firstSequence() + i;
      int count = segment.getInt(at);
      int start = segment.arrayOffset() + at + BATCH_BYTES;
      operations.over(array, start, count);
      if (sequence > after) {
        visitor.batch(sequence, header.epoch(), operations);
      }
      while (operations.next()) {}
      at = (count == 0 ? start : operations.end()) - segment.arrayOffset();
    }
  }

  private static int crc(ByteBuffer bytes, int from, int to) {
    var crc = new CRC32C();
    crc.update(bytes.slice(from, to - from));
    return (int) crc.getValue();
  }
}
