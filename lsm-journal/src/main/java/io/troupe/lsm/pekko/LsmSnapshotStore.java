package io.troupe.lsm.pekko;

import static scala.jdk.javaapi.FutureConverters.asScala;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;

/**
 * The snapshot store: one record a snapshot, {@code | format (u8) | timestamp (u64) | payload |}.
 */
public final class LsmSnapshotStore extends SnapshotStore {
  private static final byte FORMAT = 1;

  private final Store store;
  private final Index snapshots;
  private final Payload payload;
  private final Executor blocking;

  public LsmSnapshotStore() {
    ExtendedActorSystem system = (ExtendedActorSystem) context().system();
    this.store = LsmStores.get(system).store();
    this.snapshots = store.index("snapshots");
    this.payload = new Payload(system);
    this.blocking =
        system
            .dispatchers()
            .lookup(system.settings().config().getString("lsm-journal.read-dispatcher"));
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String id, SnapshotSelectionCriteria criteria) {
    return asScala(CompletableFuture.supplyAsync(() -> load(id, criteria), blocking));
  }

  private Optional<SelectedSnapshot> load(String id, SnapshotSelectionCriteria criteria) {
    try (Cursor c =
        store.cursorReverse(
            snapshots, Keys.range(id, criteria.minSequenceNr(), criteria.maxSequenceNr()))) {
      while (c.next()) {
        ByteBuffer in = ByteBuffer.wrap(c.value());
        byte format = in.get();
        if (format != FORMAT) {
          throw new IllegalStateException("a snapshot of " + id + " has format " + format);
        }
        long timestamp = in.getLong();
        SnapshotMetadata metadata = new SnapshotMetadata(id, Keys.sequenceNr(c.key()), timestamp);
        if (criteria.matches(metadata)) {
          return Optional.of(new SelectedSnapshot(metadata, payload.decode(in)));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
    byte[] bytes;
    try {
      bytes = payload.encode(snapshot);
    } catch (Exception e) {
      return asScala(CompletableFuture.failedFuture(e));
    }
    byte[] value =
        ByteBuffer.allocate(9 + bytes.length)
            .put(FORMAT)
            .putLong(metadata.timestamp())
            .put(bytes)
            .array();
    WriteBatch batch =
        new WriteBatch()
            .put(snapshots, Keys.numbered(metadata.persistenceId(), metadata.sequenceNr()), value);
    return asScala(done(store.commit(batch, Durability.SYNC)));
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    WriteBatch batch =
        new WriteBatch()
            .delete(snapshots, Keys.numbered(metadata.persistenceId(), metadata.sequenceNr()));
    return asScala(done(store.commit(batch, Durability.SYNC)));
  }

  @Override
  public Future<Void> doDeleteAsync(String id, SnapshotSelectionCriteria criteria) {
    return asScala(
        CompletableFuture.supplyAsync(() -> matching(id, criteria), blocking)
            .thenCompose(
                batch ->
                    batch.size() == 0
                        ? CompletableFuture.completedFuture(null)
                        : done(store.commit(batch, Durability.SYNC))));
  }

  private WriteBatch matching(String id, SnapshotSelectionCriteria criteria) {
    WriteBatch batch = new WriteBatch();
    try (Cursor c =
        store.cursor(
            snapshots, Keys.range(id, criteria.minSequenceNr(), criteria.maxSequenceNr()))) {
      while (c.next()) {
        long timestamp = ByteBuffer.wrap(c.value()).getLong(1);
        if (criteria.matches(new SnapshotMetadata(id, Keys.sequenceNr(c.key()), timestamp))) {
          batch.delete(snapshots, c.key().clone());
        }
      }
    }
    return batch;
  }

  private static CompletionStage<Void> done(CompletionStage<Long> commit) {
    return commit.thenAccept(sequence -> {});
  }
}
