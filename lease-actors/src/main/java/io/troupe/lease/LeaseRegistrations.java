package io.troupe.lease;

import io.troupe.actors.serialization.KryoRegistrations;

/** Kryo numbers 400–429. */
public final class LeaseRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar registrar) {
    registrar.add(400, LeaseState.class);
  }
}
