package io.troupe.sharding.directory;

import io.troupe.actors.serialization.KryoRegistrations;

/** Kryo numbers 430–479. */
public final class DirectoryRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar registrar) {
    registrar.add(430, DirectoryState.class);
    registrar.add(431, FoundingActor.Standing.class);
  }
}
