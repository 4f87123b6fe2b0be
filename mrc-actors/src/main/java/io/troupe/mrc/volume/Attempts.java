package io.troupe.mrc.volume;

import io.troupe.actors.volume.OperationId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What is known in memory of changes that clients may ask for again. */
final class Attempts {
  /** Places of clients; what is forgotten costs an open that ends with its session only. */
  private static final int MAX_COUNTED = 100_000;

  private record Place(UUID client, int number) {}

  private final Map<OperationId, Operation<?>> underWay = new HashMap<>();

  /** Of each place, the last change whose open was counted. */
  private final Map<Place, Long> counted =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Long> eldest) {
          return size() > MAX_COUNTED;
        }
      };

  /** Whether an earlier attempt is under way, which answers for this one, too. */
  boolean join(Operation<?> attempt) {
    Operation<?> earlier = attempt.id().map(underWay::get).orElse(null);
    if (earlier == null) {
      return false;
    }
    earlier.join(attempt);
    return true;
  }

  void begun(Operation<?> operation) {
    operation.id().ifPresent(id -> underWay.put(id, operation));
  }

  void ended(Operation<?> operation) {
    operation.id().ifPresent(underWay::remove);
  }

  /** Whether the open of a change is to be counted: once, however often it is answered. */
  boolean countsOpen(Optional<OperationId> id) {
    if (id.isEmpty()) {
      return true;
    }
    Place place = new Place(id.get().client(), id.get().place());
    Long last = counted.put(place, id.get().number());
    return last == null || last != id.get().number();
  }
}
