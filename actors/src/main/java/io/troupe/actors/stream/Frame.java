package io.troupe.actors.stream;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The header of every message of an object stream; little endian.
 *
 * <pre>
 *    0 version u8 | 1 kind u8 | 2 reserved u16 | 4 errno i32
 *    8 correlation i64 | 16 connection i64
 *   24 volume uuid (2 × i64) | 40 inode i64 | 48 object i64
 *   56 offset in object i32 | 60 length i32 | 64 truncate epoch i32 | 68 view version i32
 *   72 payload length i32 | 76 CRC32C of the payload i32
 *   80 of a REPLY: incarnation i64; else, and 88, reserved for a capability
 *   96 payload
 * </pre>
 *
 * HELLO carries the reply stream's id in {@code length} and its channel as payload; WELCOME the
 * window's bytes in {@code length} and its requests in {@code offset}; a failed REPLY its detail as
 * payload.
 */
record Frame(
    Kind kind,
    int errno,
    long correlation,
    long connection,
    FileId file,
    long object,
    int offset,
    int length,
    int truncateEpoch,
    int viewVersion,
    int payloadLength,
    int payloadChecksum,
    long incarnation) {
  static final int BYTES = 96;
  static final byte VERSION = 1;

  /** No payload is longer: the largest object, or a text. */
  static final int MAX_PAYLOAD = 1 << 20;

  /** Nor a text. */
  static final int MAX_TEXT = 4096;

  /** Nor the channel of a hello. */
  static final int MAX_CHANNEL = 256;

  /** Streams of replies have this number or a larger one. */
  static final int FIRST_REPLY_STREAM = 10_000;

  private static final int MAX_WINDOW_BYTES = 1 << 30;
  private static final int MAX_WINDOW_REQUESTS = 1 << 16;
  private static final int MAX_ERRNO = 4095;

  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final FileId NONE = new FileId(new VolumeId(new UUID(0, 0)), 0);
  private static final Kind[] KINDS = Kind.values();

  /** Without an incarnation. */
  Frame(
      Kind kind,
      int errno,
      long correlation,
      long connection,
      FileId file,
      long object,
      int offset,
      int length,
      int truncateEpoch,
      int viewVersion,
      int payloadLength,
      int payloadChecksum) {
    this(
        kind,
        errno,
        correlation,
        connection,
        file,
        object,
        offset,
        length,
        truncateEpoch,
        viewVersion,
        payloadLength,
        payloadChecksum,
        0);
  }

  /** What a message is; the place in this list is its number. */
  enum Kind {
    HELLO,
    WELCOME,
    READ,
    WRITE,
    REPLY,
    PING,
    PONG,
    BYE
  }

  static Frame control(Kind kind, long connection, int length, int offset, MemorySegment payload) {
    return new Frame(
        kind, 0, 0, connection, NONE, 0, offset, length, 0, 0, size(payload), checksum(payload), 0);
  }

  static Frame request(long connection, long correlation, ObjectRequest r, MemorySegment payload) {
    return new Frame(
        r.kind() == ObjectRequest.Kind.READ ? Kind.READ : Kind.WRITE,
        0,
        correlation,
        connection,
        r.file(),
        r.object(),
        r.offsetInObject(),
        r.lengthBytes(),
        r.truncateEpoch(),
        r.viewVersion(),
        size(payload),
        checksum(payload),
        0);
  }

  static Frame reply(Frame request, int errno, MemorySegment payload) {
    return reply(request, errno, 0, payload);
  }

  static Frame reply(Frame request, int errno, long incarnation, MemorySegment payload) {
    return new Frame(
        Kind.REPLY,
        errno,
        request.correlation,
        request.connection,
        request.file,
        request.object,
        request.offset,
        request.length,
        request.truncateEpoch,
        request.viewVersion,
        size(payload),
        checksum(payload),
        incarnation);
  }

  ObjectRequest toRequest() {
    return new ObjectRequest(
        kind == Kind.READ ? ObjectRequest.Kind.READ : ObjectRequest.Kind.WRITE,
        file,
        object,
        offset,
        length,
        truncateEpoch,
        viewVersion);
  }

  /** Text as a payload, cut to what a frame may carry. */
  static MemorySegment text(String s) {
    byte[] all = s.getBytes(StandardCharsets.UTF_8);
    return MemorySegment.ofArray(all.length <= MAX_TEXT ? all : Arrays.copyOf(all, MAX_TEXT));
  }

  static String text(MemorySegment payload) {
    return StandardCharsets.UTF_8.decode(payload.asByteBuffer()).toString();
  }

  private static int size(MemorySegment payload) {
    return (int) payload.byteSize();
  }

  static int checksum(MemorySegment bytes) {
    if (bytes.byteSize() == 0) {
      return 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.asByteBuffer());
    return (int) crc.getValue();
  }

  @SuppressWarnings("EnumOrdinal") // the wire format is the ordinal
  void encode(MutableDirectBuffer out) {
    out.putByte(0, VERSION);
    out.putByte(1, (byte) kind.ordinal());
    out.putShort(2, (short) 0, LE);
    out.putInt(4, errno, LE);
    out.putLong(8, correlation, LE);
    out.putLong(16, connection, LE);
    out.putLong(24, file.volume().uuid().getMostSignificantBits(), LE);
    out.putLong(32, file.volume().uuid().getLeastSignificantBits(), LE);
    out.putLong(40, file.inode(), LE);
    out.putLong(48, object, LE);
    out.putInt(56, offset, LE);
    out.putInt(60, length, LE);
    out.putInt(64, truncateEpoch, LE);
    out.putInt(68, viewVersion, LE);
    out.putInt(72, payloadLength, LE);
    out.putInt(76, payloadChecksum, LE);
    out.putLong(80, incarnation, LE);
    out.putLong(88, 0, LE);
  }

  /**
   * Reads a header.
   *
   * @throws IllegalArgumentException naming the flaw of what is no frame of this version
   */
  static Frame decode(DirectBuffer in, int at, int available) {
    if (available < BYTES) {
      throw new IllegalArgumentException("a frame of " + available + " bytes");
    }
    if (in.getByte(at) != VERSION) {
      throw new IllegalArgumentException("frame version " + in.getByte(at));
    }
    int kind = in.getByte(at + 1);
    if (kind < 0 || kind >= KINDS.length) {
      throw new IllegalArgumentException("frame kind " + kind);
    }
    int payload = in.getInt(at + 72, LE);
    if (payload < 0 || payload > MAX_PAYLOAD) {
      throw new IllegalArgumentException("payload of " + payload + " bytes");
    }
    Frame f =
        new Frame(
            KINDS[kind],
            in.getInt(at + 4, LE),
            in.getLong(at + 8, LE),
            in.getLong(at + 16, LE),
            new FileId(
                new VolumeId(new UUID(in.getLong(at + 24, LE), in.getLong(at + 32, LE))),
                in.getLong(at + 40, LE)),
            in.getLong(at + 48, LE),
            in.getInt(at + 56, LE),
            in.getInt(at + 60, LE),
            in.getInt(at + 64, LE),
            in.getInt(at + 68, LE),
            payload,
            in.getInt(at + 76, LE),
            in.getLong(at + 80, LE));
    f.check();
    return f;
  }

  private void check() {
    if (errno != 0 && (kind != Kind.REPLY || errno < 0 || errno > MAX_ERRNO)) {
      throw new IllegalArgumentException(kind + " with errno " + errno);
    }
    switch (kind) {
      case READ, WRITE -> {
        checkRange(object, offset, length);
        if (truncateEpoch < 0 || viewVersion < 0) {
          throw new IllegalArgumentException(
              "truncate epoch " + truncateEpoch + ", view version " + viewVersion);
        }
        expectPayload(kind == Kind.WRITE ? length : 0);
      }
      case REPLY -> {
        checkRange(object, offset, length);
        if (errno != 0 ? payloadLength > MAX_TEXT : payloadLength != 0 && payloadLength != length) {
          throw new IllegalArgumentException(
              "reply to " + length + " bytes with a payload of " + payloadLength);
        }
      }
      case HELLO -> {
        if (length < FIRST_REPLY_STREAM || payloadLength < 1 || payloadLength > MAX_CHANNEL) {
          throw new IllegalArgumentException(
              "hello with stream " + length + " and a channel of " + payloadLength + " bytes");
        }
      }
      case WELCOME -> {
        if (length < MAX_PAYLOAD
            || length > MAX_WINDOW_BYTES
            || offset < 1
            || offset > MAX_WINDOW_REQUESTS) {
          throw new IllegalArgumentException(
              "window of " + length + " bytes in " + offset + " requests");
        }
        expectPayload(0);
      }
      case PING, PONG, BYE -> expectPayload(0);
    }
  }

  private void expectPayload(int bytes) {
    if (payloadLength != bytes) {
      throw new IllegalArgumentException(
          kind + " of " + length + " bytes with a payload of " + payloadLength);
    }
  }

  /** Throws {@link IllegalArgumentException} for what is no range of an object. */
  static void checkRange(long object, int offset, int length) {
    if (length < 1
        || length > MAX_PAYLOAD
        || offset < 0
        || offset > MAX_PAYLOAD - length
        || object < 0) {
      throw new IllegalArgumentException(
          "range of " + length + " bytes at " + offset + " of object " + object);
    }
  }
}
