package io.troupe.actors.serialization;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;

/**
 * Values inside of messages: each kind with a tag where the static type does not tell it.
 *
 * <pre>
 *   0 registered class: Kryo's class number, then its fields   5 text: length, UTF-8
 *   1 list: count, tagged values                               6 optional: presence, tagged value
 *   2 bytes: length, bytes                                     7 actor: text
 *   3 long: 8 bytes                                            8 uuid: 16 bytes
 *   4 int: 4 bytes                                             9 boolean   10 duration   11 instant
 * </pre>
 *
 * A length or count is checked against what is left of the input before anything is allocated.
 */
final class Values {
  private static final int REGISTERED = 0;
  private static final int LIST = 1;
  private static final int BYTES = 2;
  private static final int LONG = 3;
  private static final int INT = 4;
  private static final int TEXT = 5;
  private static final int OPTIONAL = 6;
  private static final int ACTOR = 7;
  private static final int UUID_VALUE = 8;
  private static final int BOOLEAN = 9;
  private static final int DURATION = 10;
  private static final int INSTANT = 11;

  private final ActorRefResolver resolver;

  Values(ActorRefResolver resolver) {
    this.resolver = resolver;
  }

  void writeAny(Kryo kryo, Output out, Object value) {
    switch (value) {
      case List<?> v -> {
        out.writeByte(LIST);
        writeList(kryo, out, v);
      }
      case byte[] v -> {
        out.writeByte(BYTES);
        writeBytes(out, v);
      }
      case Long v -> {
        out.writeByte(LONG);
        out.writeLong(v);
      }
      case Integer v -> {
        out.writeByte(INT);
        out.writeInt(v);
      }
      case String v -> {
        out.writeByte(TEXT);
        writeText(out, v);
      }
      case Optional<?> v -> {
        out.writeByte(OPTIONAL);
        writeOptional(kryo, out, v);
      }
      case ActorRef<?> v -> {
        out.writeByte(ACTOR);
        writeActor(out, v);
      }
      case UUID v -> {
        out.writeByte(UUID_VALUE);
        writeUuid(out, v);
      }
      case Boolean v -> {
        out.writeByte(BOOLEAN);
        out.writeBoolean(v);
      }
      case Duration v -> {
        out.writeByte(DURATION);
        writeDuration(out, v);
      }
      case Instant v -> {
        out.writeByte(INSTANT);
        writeInstant(out, v);
      }
      default -> {
        out.writeByte(REGISTERED);
        kryo.writeClassAndObject(out, value);
      }
    }
  }

  Object readAny(Kryo kryo, Input in) {
    int tag = in.readByte();
    return switch (tag) {
      case REGISTERED -> {
        Object value = kryo.readClassAndObject(in);
        if (value == null) {
          throw new SerializationException("null where a value is needed");
        }
        yield value;
      }
      case LIST -> readList(kryo, in);
      case BYTES -> readBytes(in);
      case LONG -> in.readLong();
      case INT -> in.readInt();
      case TEXT -> readText(in);
      case OPTIONAL -> readOptional(kryo, in);
      case ACTOR -> readActor(in);
      case UUID_VALUE -> readUuid(in);
      case BOOLEAN -> in.readBoolean();
      case DURATION -> readDuration(in);
      case INSTANT -> readInstant(in);
      default -> throw new SerializationException("unknown kind of value: " + tag);
    };
  }

  void writeList(Kryo kryo, Output out, List<?> values) {
    out.writeVarInt(values.size(), true);
    for (Object v : values) {
      writeAny(kryo, out, v);
    }
  }

  List<Object> readList(Kryo kryo, Input in) {
    int count = length(in);
    List<Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(readAny(kryo, in));
    }
    return List.copyOf(values);
  }

  void writeBytes(Output out, byte[] bytes) {
    out.writeVarInt(bytes.length, true);
    out.writeBytes(bytes);
  }

  byte[] readBytes(Input in) {
    return in.readBytes(length(in));
  }

  void writeText(Output out, String text) {
    writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  String readText(Input in) {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  void writeOptional(Kryo kryo, Output out, Optional<?> value) {
    out.writeBoolean(value.isPresent());
    value.ifPresent(v -> writeAny(kryo, out, v));
  }

  Optional<Object> readOptional(Kryo kryo, Input in) {
    return in.readBoolean() ? Optional.of(readAny(kryo, in)) : Optional.empty();
  }

  void writeOptionalInt(Output out, OptionalInt value) {
    out.writeBoolean(value.isPresent());
    if (value.isPresent()) {
      out.writeInt(value.getAsInt());
    }
  }

  OptionalInt readOptionalInt(Input in) {
    return in.readBoolean() ? OptionalInt.of(in.readInt()) : OptionalInt.empty();
  }

  void writeActor(Output out, ActorRef<?> ref) {
    writeText(out, resolver.toSerializationFormat(ref));
  }

  ActorRef<?> readActor(Input in) {
    return resolver.resolveActorRef(readText(in));
  }

  void writeUuid(Output out, UUID uuid) {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  UUID readUuid(Input in) {
    return new UUID(in.readLong(), in.readLong());
  }

  void writeDuration(Output out, Duration d) {
    out.writeLong(d.getSeconds());
    out.writeInt(d.getNano());
  }

  Duration readDuration(Input in) {
    return Duration.ofSeconds(in.readLong(), in.readInt());
  }

  void writeInstant(Output out, Instant i) {
    out.writeLong(i.getEpochSecond());
    out.writeInt(i.getNano());
  }

  Instant readInstant(Input in) {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  /** Every element takes a byte at least, so that a count can never exceed what is left. */
  private static int length(Input in) {
    int n = in.readVarInt(true);
    int left = in.limit() - in.position();
    if (n < 0 || n > left) {
      throw new SerializationException("length " + n + " where " + left + " bytes are left");
    }
    return n;
  }
}
