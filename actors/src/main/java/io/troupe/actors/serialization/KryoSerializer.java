package io.troupe.actors.serialization;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.util.Pool;
import io.troupe.actors.fs.Name;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.JSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Pekko's serializer of all Troupe messages, events and states: a version byte, then Kryo's class
 * number and the record's components. A class that no {@link KryoRegistrations} names is an error,
 * in both directions.
 *
 * <p>Thread-safe; Kryo instances and buffers are pooled.
 */
public final class KryoSerializer extends JSerializer implements ByteBufferSerializer {
  /** Of the layout as a whole; components of a record are versioned by new classes. */
  static final byte FORMAT_VERSION = 1;

  private static final int IDENTIFIER = 7_011;
  private static final int NAME_ID = 100;
  private static final int INITIAL_BUFFER_BYTES = 1 << 10;

  /** A message that is larger is a design error: content travels in object frames. */
  private static final int MAX_BUFFER_BYTES = 16 << 20;

  private static final int MAX_POOLED = 32;

  /** Larger buffers are given to the collector after use. */
  private static final int MAX_KEPT_BUFFER_BYTES = 256 << 10;

  private final Map<Class<?>, Integer> registrations;
  private final Pool<Worker> workers;

  /** One thread's Kryo with its output buffer. */
  private record Worker(Kryo kryo, Output out) {}

  public KryoSerializer(ExtendedActorSystem system) {
    this.registrations = load();
    Values values = new Values(ActorRefResolver.get(Adapter.toTyped(system)));
    this.workers =
        new Pool<>(true, false, MAX_POOLED) {
          @Override
          protected Worker create() {
            return new Worker(newKryo(values), new Output(INITIAL_BUFFER_BYTES, MAX_BUFFER_BYTES));
          }
        };
  }

  private static Map<Class<?>, Integer> load() {
    Map<Class<?>, Integer> byClass = new HashMap<>();
    Map<Integer, Class<?>> byId = new HashMap<>();
    KryoRegistrations.Registrar registrar =
        (id, type) -> {
          if (id <= NAME_ID || byId.putIfAbsent(id, type) != null) {
            throw new IllegalStateException(
                "Kryo number " + id + " of " + type.getName() + " is taken: " + byId.get(id));
          }
          if (byClass.putIfAbsent(type, id) != null) {
            throw new IllegalStateException(type.getName() + " is registered twice");
          }
          if (!type.isRecord() && !type.isEnum()) {
            throw new IllegalStateException(type.getName() + " is neither record nor enum");
          }
        };
    for (KryoRegistrations r :
        ServiceLoader.load(KryoRegistrations.class, KryoRegistrations.class.getClassLoader())) {
      r.register(registrar);
    }
    return Map.copyOf(byClass);
  }

  private Kryo newKryo(Values values) {
    Kryo kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.register(Name.class, new NameCodec(values), NAME_ID);
    registrations.forEach(
        (type, id) ->
            kryo.register(
                type, type.isEnum() ? new EnumCodec(type) : new RecordCodec(type, values), id));
    return kryo;
  }

  /** Whether objects of exactly this class can be serialized. */
  boolean knows(Class<?> type) {
    return registrations.containsKey(type);
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public boolean includeManifest() {
    return false;
  }

  @Override
  public byte[] toBinary(Object o) {
    Worker w = workers.obtain();
    try {
      write(w, o);
      return w.out.toBytes();
    } finally {
      giveBack(w);
    }
  }

  @Override
  public void toBinary(Object o, ByteBuffer buf) {
    Worker w = workers.obtain();
    try {
      write(w, o);
      buf.put(w.out.getBuffer(), 0, w.out.position());
    } finally {
      giveBack(w);
    }
  }

  private void write(Worker w, Object o) {
    w.out.reset();
    w.out.writeByte(FORMAT_VERSION);
    try {
      w.kryo.writeClassAndObject(w.out, o);
    } catch (IllegalArgumentException e) {
      // Kryo's own answer to a class that is not registered.
      throw new SerializationException("not registered with Kryo: " + e.getMessage(), e);
    } catch (KryoException e) {
      throw new SerializationException("cannot serialize " + o.getClass().getName(), e);
    }
  }

  private void giveBack(Worker w) {
    w.kryo.reset();
    if (w.out.getBuffer().length > MAX_KEPT_BUFFER_BYTES) {
      w.out.setBuffer(new byte[INITIAL_BUFFER_BYTES], MAX_BUFFER_BYTES);
    }
    workers.free(w);
  }

  @Override
  public Object fromBinaryJava(byte[] bytes, @Nullable Class<?> manifest) {
    if (bytes.length == 0 || bytes[0] != FORMAT_VERSION) {
      throw new SerializationException(
          bytes.length == 0 ? "no bytes" : "unknown format version " + bytes[0]);
    }
    Worker w = workers.obtain();
    try {
      Input in = new Input(bytes, 1, bytes.length - 1);
      Object o = w.kryo.readClassAndObject(in);
      if (o == null) {
        throw new SerializationException("bytes hold null");
      }
      if (in.position() != in.limit()) {
        throw new SerializationException(
            (in.limit() - in.position()) + " bytes left behind " + o.getClass().getName());
      }
      return o;
    } catch (KryoException | IndexOutOfBoundsException e) {
      throw new SerializationException("damaged bytes: " + e.getMessage(), e);
    } finally {
      giveBack(w);
    }
  }

  @Override
  public Object fromBinary(ByteBuffer buf, String manifest) {
    byte[] bytes = new byte[buf.remaining()];
    buf.get(bytes);
    return fromBinaryJava(bytes, null);
  }
}
