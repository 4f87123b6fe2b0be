package io.troupe.lsm.pekko;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.ExtendedActorSystem;

/**
 * Durable states, behind the Java and the Scala side of the plugin.
 *
 * <pre>
 *   value: | format (u8) | revision (u64) | tag length (u16) | tag | present (u8) | payload |
 * </pre>
 *
 * A deleted state leaves its revision behind, since revisions go on after a delete.
 */
final class States {
  private static final byte FORMAT = 1;

  private final Store store;
  private final Index states;
  private final Payload payload;
  private final Executor blocking;

  /** A stored state; without a value it was deleted. */
  record Stored(Optional<Object> value, long revision) {}

  States(ExtendedActorSystem system) {
    this.store = LsmStores.get(system).store();
    this.states = store.index("state");
    this.payload = new Payload(system);
    this.blocking =
        system
            .dispatchers()
            .lookup(system.settings().config().getString("lsm-journal.read-dispatcher"));
  }

  CompletionStage<Stored> get(String id) {
    return CompletableFuture.supplyAsync(() -> read(id), blocking);
  }

  private Stored read(String id) {
    Optional<byte[]> bytes = store.get(states, Keys.plain(id));
    if (bytes.isEmpty()) {
      return new Stored(Optional.empty(), 0);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes.get());
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("the state of " + id + " has format " + format);
    }
    long revision = in.getLong();
    in.position(in.position() + 2 + Short.toUnsignedInt(in.getShort(in.position())));
    return new Stored(in.get() == 0 ? Optional.empty() : Optional.of(payload.decode(in)), revision);
  }

  /**
   * Writes a state. An entity is the only writer of its state and knows its revision, so that a
   * first revision or a successor is all that can come; the check is against a second writer.
   */
  CompletionStage<Long> put(String id, long revision, Object value, String tag) {
    byte[] bytes;
    WriteBatch batch = new WriteBatch();
    try {
      bytes = payload.encode(value);
      Batches.addChanges(store, batch, value);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
    return checked(id, revision, batch.put(states, Keys.plain(id), frame(revision, tag, bytes)));
  }

  CompletionStage<Long> delete(String id, long revision) {
    return checked(
        id,
        revision,
        new WriteBatch().put(states, Keys.plain(id), frame(revision, "", new byte[0])));
  }

  /** Removes the state with its revision. */
  CompletionStage<Long> forget(String id) {
    return store.commit(new WriteBatch().delete(states, Keys.plain(id)), Durability.SYNC);
  }

  private CompletionStage<Long> checked(String id, long revision, WriteBatch batch) {
    long stored =
        store.get(states, Keys.plain(id)).map(v -> ByteBuffer.wrap(v).getLong(1)).orElse(0L);
    if (revision != stored + 1) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "state of " + id + " has revision " + stored + ", cannot write " + revision));
    }
    return store.commit(batch, Durability.SYNC);
  }

  private static byte[] frame(long revision, String tag, byte[] bytes) {
    byte[] t = tag.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(12 + t.length + bytes.length)
        .put(FORMAT)
        .putLong(revision)
        .putShort((short) t.length)
        .put(t)
        .put((byte) (bytes.length == 0 ? 0 : 1))
        .put(bytes)
        .array();
  }
}
