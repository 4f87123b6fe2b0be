package io.troupe.lsm.pekko;

import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.persistence.PersistentRepr;
import scala.jdk.javaapi.OptionConverters;

/**
 * A record of the journal.
 *
 * <pre>
 *   0        1         9           17
 *   | format | ordinal | timestamp | writer uuid (text) | manifest (text)
 *            | tags (u16) | tag (text) … | length of metadata (u32) | metadata | payload … |
 * </pre>
 *
 * Metadata (length 0: none) and payload are as {@link Payload} has them. The ordinal is stamped in
 * when the record is committed.
 */
final class EventFormat {
  private static final byte FORMAT = 2;
  private static final int ORDINAL_AT = 1;
  private static final int FIXED_BYTES = 17;
  private static final byte[] NONE = new byte[0];

  private final Payload payload;

  EventFormat(Payload payload) {
    this.payload = payload;
  }

  /** What an event has that its deletion has to know. */
  record Indexed(long ordinal, List<String> tags) {}

  /** Throws what the serializer throws; also for what would be too large to store. */
  byte[] encode(PersistentRepr repr, Object event, List<String> tags, long timestamp) {
    byte[] writer = Fields.text(repr.writerUuid());
    byte[] manifest = Fields.text(repr.manifest());
    byte[] metadata = OptionConverters.toJava(repr.metadata()).map(payload::encode).orElse(NONE);
    byte[] bytes = payload.encode(event);
    List<byte[]> texts = new ArrayList<>(tags.size());
    long size = (long) FIXED_BYTES + Fields.size(writer) + Fields.size(manifest) + 6;
    for (String tag : tags) {
      byte[] text = Fields.text(tag);
      texts.add(text);
      size += Fields.size(text);
    }
    size += (long) metadata.length + bytes.length;
    if (size > WriteBatch.MAX_VALUE_BYTES || tags.size() > 0xFFFF) {
      throw new IllegalArgumentException(
          "event of " + size + " bytes, at most " + WriteBatch.MAX_VALUE_BYTES);
    }

    ByteBuffer out = ByteBuffer.allocate((int) size).put(FORMAT).putLong(0).putLong(timestamp);
    Fields.put(out, writer);
    Fields.put(out, manifest);
    out.putShort((short) tags.size());
    texts.forEach(text -> Fields.put(out, text));
    return out.putInt(metadata.length).put(metadata).put(bytes).array();
  }

  static void stamp(byte[] record, long ordinal) {
    ByteBuffer.wrap(record).putLong(ORDINAL_AT, ordinal);
  }

  /** Decodes a record, given its numbered key. */
  StoredEvent decode(byte[] key, byte[] record) {
    String id = Keys.name(key);
    long sequenceNr = Keys.number(key);
    ByteBuffer in = checked(id, sequenceNr, record);
    long ordinal = in.getLong();
    long timestamp = in.getLong();
    String writer = Fields.get(in);
    String manifest = Fields.get(in);
    List<String> tags = tags(in);
    int metadataLength = in.getInt();
    Optional<Object> metadata =
        metadataLength == 0
            ? Optional.empty()
            : Optional.of(payload.decode(in.slice(in.position(), metadataLength)));
    in.position(in.position() + metadataLength);
    return new StoredEvent(
        id, sequenceNr, ordinal, timestamp, writer, manifest, tags, metadata, payload.decode(in));
  }

  static Indexed indexed(byte[] key, byte[] record) {
    ByteBuffer in = checked(Keys.name(key), Keys.number(key), record);
    long ordinal = in.getLong();
    in.position(FIXED_BYTES);
    Fields.get(in);
    Fields.get(in);
    return new Indexed(ordinal, tags(in));
  }

  private static List<String> tags(ByteBuffer in) {
    int count = Short.toUnsignedInt(in.getShort());
    if (count == 0) {
      return List.of();
    }
    List<String> tags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tags.add(Fields.get(in));
    }
    return tags;
  }

  private static ByteBuffer checked(String id, long sequenceNr, byte[] record) {
    ByteBuffer in = ByteBuffer.wrap(record);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("event " + id + "/" + sequenceNr + " has format " + format);
    }
    return in;
  }
}
