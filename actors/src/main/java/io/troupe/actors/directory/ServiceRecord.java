package io.troupe.actors.directory;

import io.troupe.actors.id.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * One node as it registers itself, again with every heartbeat.
 *
 * @param address {@code host:port} of the node's Artery transport
 * @param stream present on OSDs
 * @param capacityBytes of the file system under the data directory
 * @param freeBytes of it what an unprivileged writer could use
 */
public record ServiceRecord(
    NodeId node,
    List<Role> roles,
    String address,
    Optional<StreamEndpoint> stream,
    long capacityBytes,
    long freeBytes) {
  public ServiceRecord {
    roles = List.copyOf(roles);
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }
}
