package io.troupe.mrc;

import io.troupe.actors.serialization.KryoRegistrations;
import io.troupe.lsm.pekko.RecordChange;
import io.troupe.mrc.file.FileState;
import io.troupe.mrc.volume.CommitterState;
import io.troupe.mrc.volume.VolumeCommitted;
import io.troupe.mrc.volume.VolumeLogged;

/** Kryo numbers 300–349. */
public final class MrcRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar registrar) {
    registrar.addAll(
        300, RecordChange.class, VolumeCommitted.class, CommitterState.class, VolumeLogged.class);
    registrar.addAll(310, FileState.class, FileState.Holder.class);
  }
}
