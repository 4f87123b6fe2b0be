package io.troupe.lsm.pekko;

import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;

/** Puts what an event or state changes into the batch that commits it. */
final class Batches {
  private Batches() {}

  static void addChanges(Store store, WriteBatch batch, Object payload) {
    if (payload instanceof RecordedEvent recorded) {
      if (recorded.reclaims()) {
        batch.reclaiming();
      }
      for (RecordChange c : recorded.changes()) {
        var index = store.index(c.index());
        c.value()
            .ifPresentOrElse(v -> batch.put(index, c.key(), v), () -> batch.delete(index, c.key()));
      }
    }
  }
}
