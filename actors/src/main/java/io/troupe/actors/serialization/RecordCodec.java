package io.troupe.actors.serialization;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A record as its components in order, each by its static type; no names, no nulls. Reading goes
 * through the canonical constructor, so that whatever it checks is checked of foreign bytes too.
 */
final class RecordCodec extends Serializer<Object> {
  /** How a component is written, decided once from its static type. */
  private enum Kind {
    LONG,
    INT,
    BOOLEAN,
    TEXT,
    BYTES,
    LIST,
    SET,
    OPTIONAL,
    OPTIONAL_INT,
    ACTOR,
    UUID,
    DURATION,
    INSTANT,
    FINAL,
    ANY
  }

  private final Class<?> type;
  private final Values values;
  private final Kind[] kinds;
  private final Class<?>[] componentTypes;
  private final MethodHandle[] accessors;
  private final MethodHandle constructor;

  RecordCodec(Class<?> type, Values values) {
    super(false, true);
    this.type = type;
    this.values = values;
    RecordComponent[] components = type.getRecordComponents();
    this.componentTypes =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    this.kinds = Arrays.stream(componentTypes).map(RecordCodec::kindOf).toArray(Kind[]::new);
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      accessors = new MethodHandle[components.length];
      for (int i = 0; i < components.length; i++) {
        accessors[i] =
            lookup
                .unreflect(components[i].getAccessor())
                .asType(MethodType.methodType(Object.class, Object.class));
      }
      Constructor<?> canonical = type.getDeclaredConstructor(componentTypes);
      constructor =
          lookup
              .unreflectConstructor(canonical)
              .asSpreader(Object[].class, components.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new SerializationException("cannot reach the components of " + type.getName(), e);
    }
  }

  private static Kind kindOf(Class<?> c) {
    if (c == long.class) {
      return Kind.LONG;
    } else if (c == int.class) {
      return Kind.INT;
    } else if (c == boolean.class) {
      return Kind.BOOLEAN;
    } else if (c == String.class) {
      return Kind.TEXT;
    } else if (c == byte[].class) {
      return Kind.BYTES;
    } else if (c == List.class) {
      return Kind.LIST;
    } else if (c == Set.class) {
      return Kind.SET;
    } else if (c == Optional.class) {
      return Kind.OPTIONAL;
    } else if (c == OptionalInt.class) {
      return Kind.OPTIONAL_INT;
    } else if (c == ActorRef.class) {
      return Kind.ACTOR;
    } else if (c == UUID.class) {
      return Kind.UUID;
    } else if (c == Duration.class) {
      return Kind.DURATION;
    } else if (c == Instant.class) {
      return Kind.INSTANT;
    } else if (c.isRecord() || (c.isEnum() && !c.isInterface())) {
      return Kind.FINAL;
    } else if (c.isPrimitive() || c.isArray()) {
      throw new SerializationException("no way to serialize a component of type " + c.getName());
    }
    return Kind.ANY;
  }

  @Override
  public void write(Kryo kryo, Output out, Object record) {
    for (int i = 0; i < kinds.length; i++) {
      Object v = component(record, i);
      switch (kinds[i]) {
        case LONG -> out.writeLong((Long) v);
        case INT -> out.writeInt((Integer) v);
        case BOOLEAN -> out.writeBoolean((Boolean) v);
        case TEXT -> values.writeText(out, (String) v);
        case BYTES -> values.writeBytes(out, (byte[]) v);
        case LIST -> values.writeList(kryo, out, (List<?>) v);
        case SET -> values.writeList(kryo, out, List.copyOf((Set<?>) v));
        case OPTIONAL -> values.writeOptional(kryo, out, (Optional<?>) v);
        case OPTIONAL_INT -> values.writeOptionalInt(out, (OptionalInt) v);
        case ACTOR -> values.writeActor(out, (ActorRef<?>) v);
        case UUID -> values.writeUuid(out, (UUID) v);
        case DURATION -> values.writeDuration(out, (Duration) v);
        case INSTANT -> values.writeInstant(out, (Instant) v);
        case FINAL -> kryo.writeObject(out, v);
        case ANY -> values.writeAny(kryo, out, v);
      }
    }
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> ignored) {
    Object[] args = new Object[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      args[i] =
          switch (kinds[i]) {
            case LONG -> in.readLong();
            case INT -> in.readInt();
            case BOOLEAN -> in.readBoolean();
            case TEXT -> values.readText(in);
            case BYTES -> values.readBytes(in);
            case LIST -> values.readList(kryo, in);
            case SET -> Set.copyOf(values.readList(kryo, in));
            case OPTIONAL -> values.readOptional(kryo, in);
            case OPTIONAL_INT -> values.readOptionalInt(in);
            case ACTOR -> values.readActor(in);
            case UUID -> values.readUuid(in);
            case DURATION -> values.readDuration(in);
            case INSTANT -> values.readInstant(in);
            case FINAL -> kryo.readObject(in, componentTypes[i]);
            case ANY -> values.readAny(kryo, in);
          };
    }
    try {
      return (Object) constructor.invokeExact(args);
    } catch (Throwable e) {
      throw new SerializationException("bytes are no valid " + type.getName(), e);
    }
  }

  private Object component(Object record, int i) {
    Object v;
    try {
      v = (Object) accessors[i].invokeExact(record);
    } catch (Throwable e) {
      throw new SerializationException("cannot read a component of " + type.getName(), e);
    }
    if (v == null) {
      throw new SerializationException(
          "null in " + type.getName() + "." + type.getRecordComponents()[i].getName());
    }
    return v;
  }
}
