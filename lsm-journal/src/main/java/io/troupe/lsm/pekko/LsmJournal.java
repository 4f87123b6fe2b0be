package io.troupe.lsm.pekko;

import static scala.jdk.javaapi.FutureConverters.asScala;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentImpl;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The journal. Events of one atomic write, the records that they change and the highest sequence
 * number are one batch of the store. Writes of all entities that are under way together share one
 * sync: the store groups commits by itself.
 */
public final class LsmJournal extends AsyncWriteJournal {
  /** Events deleted in one batch; bounds what a long deletion holds in memory. */
  private static final int DELETE_BATCH = 1_000;

  private final Store store;
  private final Index events;
  private final Index highest;
  private final Payload payload;
  private final Executor blocking;

  public LsmJournal() {
    ExtendedActorSystem system = (ExtendedActorSystem) context().system();
    this.store = LsmStores.get(system).store();
    this.events = store.index("journal.events");
    this.highest = store.index("journal.highest");
    this.payload = new Payload(system);
    this.blocking =
        system
            .dispatchers()
            .lookup(system.settings().config().getString("lsm-journal.read-dispatcher"));
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    List<CompletableFuture<Optional<Exception>>> outcomes = new ArrayList<>();
    for (AtomicWrite write : messages) {
      outcomes.add(commit(write));
    }
    if (outcomes.size() == 1) {
      return asScala(outcomes.getFirst().thenApply(List::of));
    }
    return asScala(
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture<?>[]::new))
            .thenApply(done -> outcomes.stream().map(CompletableFuture::join).toList()));
  }

  /** Completes with the reason of a rejection; fails where the store failed. */
  private CompletableFuture<Optional<Exception>> commit(AtomicWrite write) {
    WriteBatch batch = new WriteBatch();
    String id = write.persistenceId();
    try {
      for (PersistentRepr repr : CollectionConverters.asJava(write.payload())) {
        Object event = repr.payload() instanceof Tagged t ? t.payload() : repr.payload();
        batch.put(events, Keys.numbered(id, repr.sequenceNr()), encode(repr, event));
        Batches.addChanges(store, batch, event);
      }
    } catch (Exception e) {
      // The contract of journals: what cannot be serialized is rejected, and only that.
      return CompletableFuture.completedFuture(Optional.of(e));
    }
    batch.put(highest, Keys.plain(id), number(write.highestSequenceNr()));
    return store
        .commit(batch, Durability.SYNC)
        .<Optional<Exception>>thenApply(sequence -> Optional.empty())
        .toCompletableFuture();
  }

  /**
   * {@code | format (u8) | timestamp (u64) | writer uuid length (u8) | writer uuid | payload |}.
   */
  private byte[] encode(PersistentRepr repr, Object event) {
    byte[] writer = repr.writerUuid().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] bytes = payload.encode(event);
    return ByteBuffer.allocate(10 + writer.length + bytes.length)
        .put(FORMAT)
        .putLong(repr.timestamp())
        .put((byte) writer.length)
        .put(writer)
        .put(bytes)
        .array();
  }

  private static final byte FORMAT = 1;

  private PersistentRepr decode(String id, long sequenceNr, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("event " + id + "/" + sequenceNr + " has format " + format);
    }
    long timestamp = in.getLong();
    byte[] writer = new byte[Byte.toUnsignedInt(in.get())];
    in.get(writer);
    Object event = payload.decode(in);
    return new PersistentImpl(
            event,
            sequenceNr,
            id,
            "",
            false,
            org.apache.pekko.actor.ActorRef.noSender(),
            new String(writer, java.nio.charset.StandardCharsets.UTF_8),
            timestamp,
            scala.Option.empty())
        .withTimestamp(timestamp);
  }

  private static byte[] number(long n) {
    return ByteBuffer.allocate(8).putLong(n).array();
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String id, long from, long to, long max, Consumer<PersistentRepr> consumer) {
    return asScala(
        CompletableFuture.runAsync(
            () -> {
              long left = max;
              if (left <= 0 || to < from) {
                return;
              }
              try (Cursor c = store.cursor(events, Keys.range(id, from, to))) {
                while (left-- > 0 && c.next()) {
                  consumer.accept(decode(id, Keys.sequenceNr(c.key()), c.value()));
                }
              }
            },
            blocking));
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String id, long from) {
    return asScala(
        CompletableFuture.supplyAsync(
            () ->
                store
                    .get(highest, Keys.plain(id))
                    .map(v -> ByteBuffer.wrap(v).getLong())
                    .orElse(0L),
            blocking));
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String id, long to) {
    return asScala(
        CompletableFuture.supplyAsync(() -> id, blocking).thenCompose(i -> deleteFrom(i, to)));
  }

  /** Deletes a batch and goes on until nothing is left; the highest sequence number stays. */
  private CompletionStage<Void> deleteFrom(String id, long to) {
    WriteBatch batch = new WriteBatch();
    try (Cursor c = store.cursor(events, Keys.range(id, 0, to))) {
      while (batch.size() < DELETE_BATCH && c.next()) {
        batch.delete(events, c.key().clone());
      }
    }
    if (batch.size() == 0) {
      return CompletableFuture.completedFuture(null);
    }
    boolean more = batch.size() == DELETE_BATCH;
    return store
        .commit(batch, Durability.SYNC)
        .thenComposeAsync(
            sequence -> more ? deleteFrom(id, to) : CompletableFuture.completedFuture(null),
            blocking);
  }
}
