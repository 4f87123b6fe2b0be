package io.troupe.lsm.pekko;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The records that events or states change, for the batch that commits them. What no batch would
 * take is refused when it is added, so that one bad event does not spoil a batch of several.
 */
final class Changes {
  private record Change(Index index, byte[] key, Optional<byte[]> value) {}

  private final Store store;
  private final List<Change> changes = new ArrayList<>(0);
  private boolean reclaims;
  private Durability weakest = Durability.OS;
  private boolean added;

  Changes(Store store) {
    this.store = store;
  }

  void add(Object payload) {
    added = true;
    weakest =
        weakest.strictest(
            payload instanceof RecordedEvent recorded ? recorded.durability() : Durability.SYNC);
    if (payload instanceof RecordedEvent recorded) {
      reclaims |= recorded.reclaims();
      for (RecordChange c : recorded.changes()) {
        if (c.key().length == 0 || c.key().length > WriteBatch.MAX_KEY_BYTES) {
          throw new IllegalArgumentException("key of " + c.key().length + " bytes in " + c.index());
        }
        if (c.value().isPresent() && c.value().get().length > WriteBatch.MAX_VALUE_BYTES) {
          throw new IllegalArgumentException(
              "value of " + c.value().get().length + " bytes in " + c.index());
        }
        changes.add(new Change(store.index(c.index()), c.key(), c.value()));
      }
    }
  }

  /** What all that was added is content with. */
  Durability durability() {
    return added ? weakest : Durability.SYNC;
  }

  void addTo(WriteBatch batch) {
    if (reclaims) {
      batch.reclaiming();
    }
    for (Change c : changes) {
      if (c.value().isPresent()) {
        batch.put(c.index(), c.key(), c.value().get());
      } else {
        batch.delete(c.index(), c.key());
      }
    }
  }
}
