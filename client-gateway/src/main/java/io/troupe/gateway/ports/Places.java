package io.troupe.gateway.ports;

import io.troupe.actors.volume.OperationId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.UUID;

/**
 * Names for the changes of one client. The lowest place that is free is taken, so that a client
 * uses as many as it ever has under way at a time. Thread-safe.
 */
final class Places {
  private final UUID client;
  private final BitSet taken = new BitSet();
  private long[] numbers = new long[8];

  Places(UUID client) {
    this.client = client;
  }

  /** A name for a new change; empty when as many as there may be are under way. */
  synchronized Optional<OperationId> take() {
    int place = taken.nextClearBit(0);
    if (place == OperationId.PLACES) {
      return Optional.empty();
    }
    taken.set(place);
    if (place == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * place);
    }
    return Optional.of(new OperationId(client, place, ++numbers[place]));
  }

  /** Nobody asks for that change any more. */
  synchronized void giveBack(OperationId id) {
    taken.clear(id.place());
  }
}
