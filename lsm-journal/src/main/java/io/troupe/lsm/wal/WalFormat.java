package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
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
 *           | length | crc32c | salt | first sequence | durable | start | count | flags | batch | batch | … | zeros to a multiple of 8
 *
 * batch:    | operations u32 | operation | operation | …
 *
 * operation: | index u32 | kind u8 | key length u16 | value length u32 | key | value |
 *            kind 0 delete, 1 put, 2 declares an index (key: its name in UTF-8; no value)
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
 * does not verify.
 *
 * <p>The header has a page of its own, so that no torn write of a frame reaches it.
 */
public final class WalFormat {

  static final int SEGMENT_HEADER_BYTES = 4096;
  static final int FRAME_HEADER_BYTES = 48;

  /** What an operation takes besides key and value. */
  public static final int OPERATION_BYTES = 11;

  /** What a batch takes besides its operations. */
  public static final int BATCH_BYTES = 4;

  /** What a frame takes besides its batches, at most. */
  public static final int FRAME_BYTES = FRAME_HEADER_BYTES + 8;

  private static final int MAGIC = 0x5452574c; // TRWL
  private static final int VERSION = 1;
  private static final byte DELETE = 0;
  private static final byte PUT = 1;
  private static final byte DECLARE = 2;

  private static final String PREFIX = "wal-";
  private static final String SUFFIX = ".log";

  private WalFormat() {}

  record SegmentHeader(long number, long salt) {}

  /** What a frame says of itself. */
  record FrameHeader(int length, long firstSequence, long durable, long start, int count) {}

  /** Receives the operations of frames in order. */
  public interface Visitor {
    /** The operations that follow belong to the batch of that number. */
    void batch(long sequence);

    void put(int index, byte[] key, byte @Nullable [] value);

    void declare(int index, byte[] name);

    /** The batch is complete. */
    void end(int operations, long bytes);
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
          file, 4, "format version " + page.getInt(4) + ", known is " + VERSION);
    }
    if (page.getInt(8) != crc(page, 16, 32)) {
      throw new CorruptionException(file, 8, "the checksum of the segment header does not match");
    }
    return new SegmentHeader(page.getLong(16), page.getLong(24));
  }

  /** How far a frame of that length reaches. */
  static int padded(int length) {
    return (length + 7) & ~7;
  }

  // ---- encoding: begin, then for each batch batch and its operations, then end

  /** Starts a frame at the buffer's start. */
  public static void begin(
      ByteBuffer frame, long salt, long firstSequence, long durable, long start, int count) {
    frame.clear();
    frame.putLong(8, salt).putLong(16, firstSequence).putLong(24, durable).putLong(32, start);
    frame.putInt(40, count).putInt(44, 0);
    frame.position(FRAME_HEADER_BYTES);
  }

  public static void batch(ByteBuffer frame, int operations) {
    frame.putInt(operations);
  }

  public static void put(ByteBuffer frame, int index, byte[] key, byte[] value) {
    frame
        .putInt(index)
        .put(PUT)
        .putShort((short) key.length)
        .putInt(value.length)
        .put(key)
        .put(value);
  }

  public static void delete(ByteBuffer frame, int index, byte[] key) {
    frame.putInt(index).put(DELETE).putShort((short) key.length).putInt(0).put(key);
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
        segment.getInt(offset + 40));
  }

  /**
   * Hands the batches of a frame that verified to a visitor, without those up to a sequence number.
   */
  static void visit(
      String file, ByteBuffer segment, int offset, FrameHeader header, long after, Visitor visitor)
      throws CorruptionException {
    ByteBuffer body =
        segment.slice(offset + FRAME_HEADER_BYTES, header.length() - FRAME_HEADER_BYTES);
    for (int i = 0; i < header.count(); i++) {
      long sequence = header.firstSequence() + i;
      int operations = body.getInt();
      int start = body.position();
      boolean wanted = sequence > after;
      if (wanted) {
        visitor.batch(sequence);
      }
      for (int left = operations; left > 0; left--) {
        int index = body.getInt();
        byte kind = body.get();
        byte[] key = new byte[body.getShort()];
        int valueLength = body.getInt();
        body.get(key);
        if (!wanted) {
          body.position(body.position() + valueLength);
          continue;
        }
        switch (kind) {
          case PUT -> {
            byte[] value = new byte[valueLength];
            body.get(value);
            visitor.put(index, key, value);
          }
          case DELETE -> visitor.put(index, key, null);
          case DECLARE -> visitor.declare(index, key);
          default ->
              throw new CorruptionException(file, offset, "operation of unknown kind " + kind);
        }
      }
      if (wanted) {
        visitor.end(operations, body.position() - start);
      }
    }
  }

  private static int crc(ByteBuffer bytes, int from, int to) {
    var crc = new CRC32C();
    crc.update(bytes.slice(from, to - from));
    return (int) crc.getValue();
  }
}
