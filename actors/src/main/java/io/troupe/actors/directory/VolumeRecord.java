package io.troupe.actors.directory;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumePolicy;
import java.util.List;

/**
 * One volume of the catalog.
 *
 * @param members the MRC nodes that keep its metadata; with more than one of them a majority has
 *     each change, and one at a time is master
 */
public record VolumeRecord(
    VolumeId id, String name, VolumePolicy policy, List<NodeId> members, State state) {
  /** Where a volume is in its life. */
  public enum State {
    CREATING,
    ACTIVE,
    REMOVING
  }

  public VolumeRecord {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("volume " + name + " without a member");
    }
  }

  /** Whether its metadata are on several nodes. */
  public boolean isReplicated() {
    return members.size() > 1;
  }

  public VolumeRecord in(State next) {
    return new VolumeRecord(id, name, policy, members, next);
  }
}
