package io.troupe.mrc.volume;

import io.troupe.actors.id.Epoch;
import io.troupe.lsm.Durability;
import io.troupe.lsm.pekko.RecordChange;
import java.util.List;

/** As {@link VolumeCommitted}, of operations that do not wait for the disk. */
public record VolumeLogged(Epoch epoch, List<RecordChange> changes, boolean reclaims)
    implements VolumeEvent {
  @Override
  public Durability durability() {
    return Durability.INTERVAL;
  }
}
