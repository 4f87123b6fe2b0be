package io.troupe.actors.serialization;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;

/** An enum as its ordinal: constants are only ever added behind the last. */
final class EnumCodec extends Serializer<Object> {
  private final Object[] constants;

  EnumCodec(Class<?> type) {
    super(false, true);
    this.constants = type.getEnumConstants();
  }

  @Override
  @SuppressWarnings("EnumOrdinal") // the wire format is the ordinal
  public void write(Kryo kryo, Output out, Object value) {
    out.writeVarInt(((Enum<?>) value).ordinal(), true);
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
    int ordinal = in.readVarInt(true);
    if (ordinal < 0 || ordinal >= constants.length) {
      throw new SerializationException(type.getName() + " has no constant number " + ordinal);
    }
    return constants[ordinal];
  }
}
