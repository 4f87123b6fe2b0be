package io.troupe.lease;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.serialization.KryoSerializable;

/**
 * What a participant keeps over restarts.
 *
 * @param epoch the last that was granted while it was alone in its cell: nobody else remembers it
 * @param view older ones are closed
 */
record LeaseMemory(Epoch epoch, long view) implements Remembered, KryoSerializable {
  @Override
  public LeaseMemory memory() {
    return this;
  }
}
