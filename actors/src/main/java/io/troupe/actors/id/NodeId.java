package io.troupe.actors.id;

import java.util.UUID;

/**
 * The uuid of a node: drawn once, kept in its data directory, the same for all roles that it plays
 * and across restarts and changes of address.
 */
public record NodeId(UUID uuid) {
  public static NodeId of(String text) {
    return new NodeId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
