package io.troupe.lsm.pekko;

import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A record of the durable state store.
 *
 * <pre>
 *   0        1          9         17          25
 *   | format | revision | ordinal | timestamp | tag (text) | present (u8) | payload … |
 * </pre>
 *
 * A deleted state leaves its revision behind, since revisions go on after a delete; the payload is
 * not there then.
 */
final class StateFormat {
  private static final byte FORMAT = 2;
  private static final int ORDINAL_AT = 9;
  private static final int FIXED_BYTES = 25;

  private final Payload payload;

  StateFormat(Payload payload) {
    this.payload = payload;
  }

  /** What a writer has to know of the state before. */
  record Head(long revision, long ordinal, String tag) {
    /** Of a state that was never written. */
    static final Head NONE = new Head(0, 0, "");
  }

  /** A stored state; without a value it was deleted. */
  record Stored(Head head, long timestamp, Optional<Object> value) {}

  byte[] payload(Object value) {
    return payload.encode(value);
  }

  /** The ordinal is stamped in when the record is committed. */
  byte[] encode(long revision, String tag, long timestamp, Optional<byte[]> payload) {
    byte[] text = Fields.text(tag);
    long size = FIXED_BYTES + Fields.size(text) + 1L + payload.map(p -> p.length).orElse(0);
    if (size > WriteBatch.MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "state of " + size + " bytes, at most " + WriteBatch.MAX_VALUE_BYTES);
    }
    ByteBuffer out =
        ByteBuffer.allocate((int) size).put(FORMAT).putLong(revision).putLong(0).putLong(timestamp);
    Fields.put(out, text);
    out.put((byte) (payload.isPresent() ? 1 : 0));
    payload.ifPresent(out::put);
    return out.array();
  }

  static void stamp(byte[] record, long ordinal) {
    ByteBuffer.wrap(record).putLong(ORDINAL_AT, ordinal);
  }

  Stored decode(String id, byte[] record) {
    ByteBuffer in = ByteBuffer.wrap(record);
    Head head = head(id, in);
    long timestamp = in.getLong(FIXED_BYTES - 8);
    return new Stored(
        head, timestamp, in.get() == 0 ? Optional.empty() : Optional.of(payload.decode(in)));
  }

  static Head head(String id, byte[] record) {
    return head(id, ByteBuffer.wrap(record));
  }

  private static Head head(String id, ByteBuffer in) {
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("the state of " + id + " has format " + format);
    }
    long revision = in.getLong();
    long ordinal = in.getLong();
    in.position(FIXED_BYTES);
    return new Head(revision, ordinal, Fields.get(in));
  }
}
