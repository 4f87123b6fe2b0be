package io.troupe.actors.replica;

import java.util.List;

/**
 * What one OSD holds of a file.
 *
 * @param objects how many
 * @param firstObjects numbers of the first of them, at most {@link #MAX_LISTED}, ascending
 * @param allocatedBytes space that they take on the disk
 */
public record ReplicaDescription(
    int truncateEpoch, long objects, List<Long> firstObjects, long allocatedBytes) {
  public static final int MAX_LISTED = 1024;

  public ReplicaDescription {
    firstObjects = List.copyOf(firstObjects);
  }
}
