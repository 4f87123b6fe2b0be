package io.troupe.lsm.pekko;

import io.troupe.lsm.Index;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.StateFormat.Stored;
import io.troupe.lsm.pekko.follow.Pages;
import io.troupe.lsm.pekko.follow.Signals;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.persistence.query.DeletedDurableState;
import org.apache.pekko.persistence.query.DurableStateChange;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.UpdatedDurableState;

/** What the queries of the durable state store read; all of it may block. */
final class StateLog {
  private final Store store;
  private final StateIndices indices;
  private final StateFormat format;
  private final CommitOrder order;
  private final Signals signals;
  private final boolean indexed;

  StateLog(Store store, StateFormat format, CommitOrder order, Signals signals, boolean indexed) {
    this.store = store;
    this.indices = StateIndices.of(store);
    this.format = format;
    this.order = order;
    this.signals = signals;
    this.indexed = indexed;
  }

  /** Raised when changes can be read. */
  Signals signals() {
    return signals;
  }

  /** The newest change of each state with a tag; positions are ordinals. */
  Pages<DurableStateChange<Object>> byTag(String tag, int pageSize, boolean live) {
    return pages(
        indexed().tags(), (from, to) -> Keys.range(tag, from, to), this::change, pageSize, live);
  }

  /** The newest change of each state in some slices; positions are ordinals. */
  Pages<DurableStateChange<Object>> bySlices(
      String entityType, int min, int max, int pageSize, boolean live) {
    Slices slices = new Slices(entityType, min, max);
    return pages(
        indexed().log(),
        Keys::ordinals,
        (snapshot, key, value) -> {
          if (!slices.contain(Slices.slice(value))) {
            return Optional.empty();
          }
          byte[] id = Slices.key(value);
          return slices.contain(Keys.name(id, id.length))
              ? change(snapshot, key, id)
              : Optional.empty();
        },
        pageSize,
        live);
  }

  /** Persistence ids that have a state or had one, in the order of their bytes. */
  List<String> idsAfter(Optional<String> after, int limit) {
    return Keys.namesAfter(store, indices.states(), after, limit);
  }

  private Optional<Sized<DurableStateChange<Object>>> change(
      Snapshot snapshot, byte[] key, byte[] plain) {
    return snapshot
        .get(indices.states(), plain)
        .map(record -> new Sized<>(change(Keys.name(plain, plain.length), record), record.length));
  }

  private DurableStateChange<Object> change(String id, byte[] record) {
    Stored stored = format.decode(id, record);
    Offset offset = Offset.sequence(stored.head().ordinal());
    long revision = stored.head().revision();
    return stored.value().isPresent()
        ? new UpdatedDurableState<>(id, revision, stored.value().get(), offset, stored.timestamp())
        : new DeletedDurableState<>(id, revision, offset, stored.timestamp());
  }

  private Pages<DurableStateChange<Object>> pages(
      Index index,
      OrdinalPages.Range range,
      OrdinalPages.Entry<DurableStateChange<Object>> entry,
      int pageSize,
      boolean live) {
    return new OrdinalPages<>(store, order, index, range, entry, new PageLimit(pageSize), live);
  }

  private StateIndices indexed() {
    if (!indexed) {
      throw new IllegalStateException(
          "lsm-journal.query-index is off: this query has no index to read");
    }
    return indices;
  }
}
