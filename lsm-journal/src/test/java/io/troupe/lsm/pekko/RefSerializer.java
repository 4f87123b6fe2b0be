package io.troupe.lsm.pekko;

import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serialization$;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes actor references as paths, which is right only while the plugin has told the serializer
 * for which system it works. Public for Pekko to make it.
 */
public final class RefSerializer extends SerializerWithStringManifest {
  private final ExtendedActorSystem system;

  /** What refers to an actor. */
  public record Payload(ActorRef ref) {}

  public RefSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  @Override
  public int identifier() {
    return 99_002;
  }

  @Override
  public String manifest(Object o) {
    return "ref";
  }

  @Override
  public byte[] toBinary(Object o) {
    checkTransport();
    return Serialization.serializedActorPath(((Payload) o).ref()).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    checkTransport();
    if (!manifest.equals("ref")) {
      throw new NotSerializableException(manifest);
    }
    return new Payload(
        system.provider().resolveActorRef(new String(bytes, StandardCharsets.UTF_8)));
  }

  private void checkTransport() {
    var transport = Serialization$.MODULE$.currentTransportInformation().value();
    if (transport == null
        || transport.system() != system
        || !transport.address().equals(system.provider().getDefaultAddress())) {
      throw new IllegalStateException("wrong transport information: " + transport);
    }
  }
}
