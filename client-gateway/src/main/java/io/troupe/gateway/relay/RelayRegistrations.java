package io.troupe.gateway.relay;

import io.troupe.actors.serialization.KryoRegistrations;

/** Kryo numbers 480–529. */
public final class RelayRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar registrar) {
    registrar.addAll(
        480,
        RelayCommand.ToVolume.class,
        RelayCommand.ToFile.class,
        RelayCommand.ToReplica.class,
        RelayCommand.ToDirectory.class);
  }
}
