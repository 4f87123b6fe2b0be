package io.troupe.lsm.pekko;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import scala.jdk.javaapi.OptionConverters;

/**
 * Snapshots of entities. What they are selected by is apart from what they contain, so that looking
 * for one among many reads one content.
 *
 * <pre>
 *   index           key                  value
 *   snapshots       persistence id, nr   | format (u8) | timestamp (u64) | metadata, or nothing |
 *   snapshots.data  persistence id, nr   the snapshot
 * </pre>
 *
 * Metadata and snapshot are as {@link Payload} has them.
 */
final class Snapshots {
  private static final byte FORMAT = 2;
  private static final int FIXED_BYTES = 9;
  private static final int DELETE_BATCH = 1_000;

  private final Store store;
  private final Index headers;
  private final Index data;
  private final Payload payload;
  private final Executor blocking;

  Snapshots(Store store, Payload payload, Executor blocking) {
    this.store = store;
    this.headers = store.index("snapshots");
    this.data = store.index("snapshots.data");
    this.payload = payload;
    this.blocking = blocking;
  }

  CompletionStage<Optional<SelectedSnapshot>> load(String id, SnapshotSelectionCriteria criteria) {
    return CompletableFuture.supplyAsync(() -> newest(id, criteria), blocking);
  }

  private Optional<SelectedSnapshot> newest(String id, SnapshotSelectionCriteria criteria) {
    if (isEmpty(criteria)) {
      return Optional.empty();
    }
    try (Snapshot pinned = store.snapshot();
        Cursor c =
            pinned.cursorReverse(
                headers, Keys.range(id, criteria.minSequenceNr(), criteria.maxSequenceNr()))) {
      while (c.next()) {
        SnapshotMetadata metadata = metadata(c.key(), c.value());
        if (criteria.matches(metadata)) {
          byte[] bytes =
              pinned
                  .get(data, c.key())
                  .orElseThrow(() -> new IllegalStateException("no content of " + metadata));
          return Optional.of(
              new SelectedSnapshot(metadata, payload.decode(ByteBuffer.wrap(bytes))));
        }
      }
    }
    return Optional.empty();
  }

  /** Fails with what the serializer throws when it cannot be serialized. */
  CompletionStage<Void> save(SnapshotMetadata metadata, Object snapshot) {
    byte[] key;
    byte[] header;
    byte[] bytes;
    try {
      key = Keys.numbered(metadata.persistenceId(), metadata.sequenceNr());
      header = header(metadata);
      bytes = payload.encode(snapshot);
      if (bytes.length > WriteBatch.MAX_VALUE_BYTES) {
        throw new IllegalArgumentException(
            "snapshot of " + bytes.length + " bytes, at most " + WriteBatch.MAX_VALUE_BYTES);
      }
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
    return commit(new WriteBatch().put(headers, key, header).put(data, key, bytes));
  }

  private byte[] header(SnapshotMetadata metadata) {
    byte[] extra =
        OptionConverters.toJava(metadata.metadata()).map(payload::encode).orElse(new byte[0]);
    return ByteBuffer.allocate(FIXED_BYTES + extra.length)
        .put(FORMAT)
        .putLong(metadata.timestamp())
        .put(extra)
        .array();
  }

  private SnapshotMetadata metadata(byte[] key, byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("a snapshot of " + Keys.name(key) + " has format " + format);
    }
    SnapshotMetadata metadata =
        new SnapshotMetadata(Keys.name(key), Keys.number(key), in.getLong());
    return in.hasRemaining() ? metadata.withMetadata(payload.decode(in)) : metadata;
  }

  /** Deletes one; a timestamp of 0 stands for any. */
  CompletionStage<Void> delete(SnapshotMetadata one) {
    long number = one.sequenceNr();
    return delete(
        one.persistenceId(),
        one.timestamp() == 0
            ? new SnapshotSelectionCriteria(number, Long.MAX_VALUE, number, 0)
            : new SnapshotSelectionCriteria(number, one.timestamp(), number, one.timestamp()));
  }

  CompletionStage<Void> delete(String id, SnapshotSelectionCriteria criteria) {
    return isEmpty(criteria)
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.completedFuture(id)
            .thenComposeAsync(x -> deleteBatch(id, criteria), blocking);
  }

  /** Deletes a bounded number and goes on until nothing is left. */
  private CompletionStage<Void> deleteBatch(String id, SnapshotSelectionCriteria criteria) {
    WriteBatch batch = new WriteBatch();
    int found = 0;
    try (Cursor c =
        store.cursor(headers, Keys.range(id, criteria.minSequenceNr(), criteria.maxSequenceNr()))) {
      while (found < DELETE_BATCH && c.next()) {
        if (criteria.matches(metadata(c.key(), c.value()))) {
          byte[] key = c.key().clone();
          batch.delete(headers, key).delete(data, key);
          found++;
        }
      }
    }
    if (found == 0) {
      return CompletableFuture.completedFuture(null);
    }
    boolean more = found == DELETE_BATCH;
    return commit(batch)
        .thenComposeAsync(
            x -> more ? deleteBatch(id, criteria) : CompletableFuture.completedFuture(null),
            blocking);
  }

  private static boolean isEmpty(SnapshotSelectionCriteria criteria) {
    return criteria.maxSequenceNr() < Math.max(0, criteria.minSequenceNr());
  }

  private CompletionStage<Void> commit(WriteBatch batch) {
    return store.commit(batch, Durability.SYNC).thenAccept(sequence -> {});
  }
}
