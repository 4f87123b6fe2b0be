package io.troupe.actors.fs;

import io.troupe.actors.id.OsdId;
import java.util.List;

/**
 * One complete copy of a file's content: how it is striped and over which OSDs, in stripe order.
 */
public record ReplicaLocation(StripingPolicy striping, List<OsdId> osds) {
  public ReplicaLocation {
    osds = List.copyOf(osds);
    if (osds.size() != striping.width()) {
      throw new IllegalArgumentException(
          "a replica of width " + striping.width() + " needs as many OSDs, not " + osds.size());
    }
  }

  public OsdId osdOf(long object) {
    return osds.get(striping.columnOf(object));
  }
}
