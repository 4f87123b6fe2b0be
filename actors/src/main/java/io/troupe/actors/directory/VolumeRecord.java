package io.troupe.actors.directory;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumePolicy;

/**
 * One volume of the catalog.
 *
 * @param master the MRC node that runs its partition
 */
public record VolumeRecord(
    VolumeId id, String name, VolumePolicy policy, NodeId master, State state) {
  /** Where a volume is in its life. */
  public enum State {
    CREATING,
    ACTIVE,
    REMOVING
  }

  public VolumeRecord in(State next) {
    return new VolumeRecord(id, name, policy, master, next);
  }
}
