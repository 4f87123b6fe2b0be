package io.troupe.lease;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.serialization.KryoSerializable;

/** What was written while there were no views. */
record LeaseState(Epoch epoch) implements Remembered, KryoSerializable {
  @Override
  public LeaseMemory memory() {
    return new LeaseMemory(epoch, 0);
  }
}
