package io.troupe.actors.id;

import java.util.UUID;

/** The uuid of an OSD: that of the node that owns the disk. */
public record OsdId(UUID uuid) {
  public static OsdId of(String text) {
    return new OsdId(UUID.fromString(text));
  }

  public static OsdId of(NodeId node) {
    return new OsdId(node.uuid());
  }

  public NodeId node() {
    return new NodeId(uuid);
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
