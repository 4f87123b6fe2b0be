package io.troupe.actors.serialization;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.troupe.actors.fs.Name;

/** A {@link Name} as its bytes. */
final class NameCodec extends Serializer<Name> {
  private final Values values;

  NameCodec(Values values) {
    super(false, true);
    this.values = values;
  }

  @Override
  public void write(Kryo kryo, Output out, Name name) {
    values.writeBytes(out, name.bytes());
  }

  @Override
  public Name read(Kryo kryo, Input in, Class<? extends Name> type) {
    return Name.of(values.readBytes(in));
  }
}
