package io.troupe.lsm.pekko;

import io.troupe.lsm.Index;
import io.troupe.lsm.Store;

/**
 * Where durable states are; keys are those of {@link Keys}.
 *
 * <pre>
 *   index       key               value
 *   state       persistence id    the state, see StateFormat
 *   state.log   ordinal           slice (u16), persistence id: of its newest change only
 *   state.tags  tag, ordinal      persistence id, likewise
 * </pre>
 *
 * The last two are written with {@code lsm-journal.query-index} only.
 */
record StateIndices(Index states, Index log, Index tags) {
  static final String STATES = "state";

  static StateIndices of(Store store) {
    return new StateIndices(
        store.index(STATES), store.index("state.log"), store.index("state.tags"));
  }
}
