package io.troupe.actors.fs;

import java.util.List;

/**
 * Where a file's content lies: its list of replicas.
 *
 * @param version the view: raised at every change of the list
 */
public record XLocSet(int version, List<ReplicaLocation> replicas) {
  public XLocSet {
    replicas = List.copyOf(replicas);
    if (replicas.isEmpty()) {
      throw new IllegalArgumentException("an xloc set needs at least one replica");
    }
  }

  /** The only replica of a file that is not replicated, the first of one that is. */
  public ReplicaLocation first() {
    return replicas.getFirst();
  }
}
