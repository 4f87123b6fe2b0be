package io.troupe.lsm.pekko;

import io.troupe.lsm.Index;
import io.troupe.lsm.Store;

/**
 * Where the journal keeps what; keys are those of {@link Keys}.
 *
 * <pre>
 *   index            key                   value
 *   journal.events   persistence id, nr    the event, see EventFormat
 *   journal.highest  persistence id        highest sequence number (u64), for ever
 *   journal.deleted  persistence id        up to where events were deleted (u64)
 *   journal.log      ordinal               slice (u16), key of the event
 *   journal.tags     tag, ordinal          key of the event
 *   journal.ids      ordinal               persistence id, when its first event was written
 * </pre>
 *
 * The last three are written with {@code lsm-journal.query-index} only.
 */
record EventIndices(Index events, Index highest, Index deleted, Index log, Index tags, Index ids) {
  static final String EVENTS = "journal.events";
  static final String HIGHEST = "journal.highest";
  static final String DELETED = "journal.deleted";

  static EventIndices of(Store store) {
    return new EventIndices(
        store.index(EVENTS),
        store.index(HIGHEST),
        store.index(DELETED),
        store.index("journal.log"),
        store.index("journal.tags"),
        store.index("journal.ids"));
  }
}
