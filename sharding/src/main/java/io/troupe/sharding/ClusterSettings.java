package io.troupe.sharding;

import com.typesafe.config.Config;
import io.troupe.actors.directory.Role;
import io.troupe.actors.id.NodeId;
import java.util.List;
import java.util.Set;

/**
 * How a process becomes a member.
 *
 * @param host address that the others reach it by
 * @param port 0 for a free one
 * @param seeds {@code host:port} of nodes to join through; empty: it begins a cluster of its own
 * @param rejoin {@code host:port} of nodes that were members when this one last ran; their cluster
 *     is joined if one of them answers
 */
public record ClusterSettings(
    String host,
    int port,
    NodeId node,
    Set<Role> roles,
    List<String> seeds,
    List<String> rejoin,
    Config config) {
  public ClusterSettings {
    roles = Set.copyOf(roles);
    seeds = List.copyOf(seeds);
    rejoin = List.copyOf(rejoin);
  }
}
