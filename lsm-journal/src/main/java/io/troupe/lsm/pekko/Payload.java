package io.troupe.lsm.pekko;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/**
 * Objects as bytes, with what is needed to read them again.
 *
 * <pre>
 *   | serializer id (i32) | manifest length (u16) | manifest (UTF-8) | bytes … |
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
    byte[] manifest = Serializers.manifestFor(serializer, o).getBytes(StandardCharsets.UTF_8);
    byte[] bytes = serialization.serialize(o).get();
    return ByteBuffer.allocate(6 + manifest.length + bytes.length)
        .putInt(serializer.identifier())
        .putShort((short) manifest.length)
        .put(manifest)
        .put(bytes)
        .array();
  }

  /** Decodes the rest of the buffer. */
  Object decode(ByteBuffer in) {
    int serializer = in.getInt();
    byte[] manifest = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(manifest);
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return serialization
        .deserialize(bytes, serializer, new String(manifest, StandardCharsets.UTF_8))
        .get();
  }
}
