package io.troupe.lease;

import io.troupe.actors.serialization.KryoRegistrations;

/** Kryo numbers 400–429, of which 401 and those up to 419 are the vocabulary's. */
public final class LeaseRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar registrar) {
    registrar.add(400, LeaseState.class);
    registrar.add(420, LeaseMemory.class);
  }
}
