package io.troupe.lsm.pekko;

import java.nio.ByteBuffer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/**
 * Objects as bytes, with what is needed to read them again.
 *
 * <pre>
 *   | serializer id (i32) | manifest (text) | bytes … |
 * </pre>
 */
final class Payload {
  private final Serialization serialization;

  Payload(ExtendedActorSystem system) {
    this.serialization = SerializationExtension.get(system);
  }

  /** Throws what the serializer throws, for an object that cannot be serialized. */
  byte[] encode(Object o) {
    Serializer serializer = serialization.findSerializerFor(o);
    byte[] manifest = Fields.text(Serializers.manifestFor(serializer, o));
    byte[] bytes = serialization.serialize(o).get();
    ByteBuffer out = ByteBuffer.allocate(4 + Fields.size(manifest) + bytes.length);
    out.putInt(serializer.identifier());
    Fields.put(out, manifest);
    return out.put(bytes).array();
  }

  /** Decodes the rest of the buffer. */
  Object decode(ByteBuffer in) {
    int serializer = in.getInt();
    String manifest = Fields.get(in);
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return serialization.deserialize(bytes, serializer, manifest).get();
  }
}
