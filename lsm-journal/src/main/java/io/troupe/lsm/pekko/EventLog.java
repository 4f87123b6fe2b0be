package io.troupe.lsm.pekko;

import io.troupe.lsm.Index;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.follow.Pages;
import io.troupe.lsm.pekko.follow.Signals;
import java.util.List;
import java.util.Optional;

/**
 * What the journal's queries read; all of it may block. For {@link
 * io.troupe.lsm.pekko.query.LsmReadJournal}, which applications use.
 */
public final class EventLog {
  private final Store store;
  private final EventIndices indices;
  private final EventFormat format;
  private final CommitOrder order;
  private final Signals signals;
  private final boolean indexed;

  EventLog(Store store, EventFormat format, CommitOrder order, Signals signals, boolean indexed) {
    this.store = store;
    this.indices = EventIndices.of(store);
    this.format = format;
    this.order = order;
    this.signals = signals;
    this.indexed = indexed;
  }

  /** Which of the slices a persistence id belongs to. */
  public static int slice(String persistenceId) {
    return Slices.of(persistenceId);
  }

  /** Raised when events can be read. */
  public Signals signals() {
    return signals;
  }

  /** Events of one id; positions are sequence numbers. */
  public Pages<StoredEvent> byId(String id, long to, int pageSize, boolean live) {
    return new EventPages(store, indices, format, id, to, new PageLimit(pageSize), live);
  }

  /** Events with a tag; positions are ordinals. */
  public Pages<StoredEvent> byTag(String tag, int pageSize, boolean live) {
    return pages(
        indexed().tags(),
        (from, to) -> Keys.range(tag, from, to),
        (snapshot, key, value) -> event(snapshot, value),
        pageSize,
        live);
  }

  /** Events of some slices of an entity type; positions are ordinals. */
  public Pages<StoredEvent> bySlices(
      String entityType, int min, int max, int pageSize, boolean live) {
    Slices slices = new Slices(entityType, min, max);
    return pages(
        indexed().log(),
        Keys::ordinals,
        (snapshot, key, value) -> {
          if (!slices.contain(Slices.slice(value))) {
            return Optional.empty();
          }
          byte[] event = Slices.key(value);
          return slices.contain(Keys.name(event)) ? event(snapshot, event) : Optional.empty();
        },
        pageSize,
        live);
  }

  /** Persistence ids in the order of their first events; positions are ordinals. */
  public Pages<String> ids(int pageSize, boolean live) {
    return pages(
        indexed().ids(),
        Keys::ordinals,
        (snapshot, key, value) ->
            Optional.of(new Sized<>(Keys.name(value, value.length), value.length)),
        pageSize,
        live);
  }

  /** Persistence ids in the order of their bytes, from behind one on. */
  public List<String> idsAfter(Optional<String> after, int limit) {
    return Keys.namesAfter(store, indices.highest(), after, limit);
  }

  /** The highest sequence number ever written; empty when there was none. */
  public Optional<Long> highest(String id) {
    return store.get(indices.highest(), Keys.plain(id)).map(Keys::number);
  }

  public Optional<StoredEvent> event(String id, long sequenceNr) {
    byte[] key = Keys.numbered(id, sequenceNr);
    return store.get(indices.events(), key).map(record -> format.decode(key, record));
  }

  private Optional<Sized<StoredEvent>> event(Snapshot snapshot, byte[] key) {
    return snapshot
        .get(indices.events(), key)
        .map(record -> new Sized<>(format.decode(key, record), record.length));
  }

  private <T> Pages<T> pages(
      Index index,
      OrdinalPages.Range range,
      OrdinalPages.Entry<T> entry,
      int pageSize,
      boolean live) {
    return new OrdinalPages<>(store, order, index, range, entry, new PageLimit(pageSize), live);
  }

  private EventIndices indexed() {
    if (!indexed) {
      throw new IllegalStateException(
          "lsm-journal.query-index is off: this query has no index to read");
    }
    return indices;
  }
}
