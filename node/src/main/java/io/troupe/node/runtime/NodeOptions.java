package io.troupe.node.runtime;

import com.typesafe.config.Config;
import io.troupe.actors.directory.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a node is started with.
 *
 * @param seeds {@code host:port} of nodes of the cluster; empty: the node begins one
 * @param config complete and checked
 */
public record NodeOptions(Set<Role> roles, Path data, List<String> seeds, Config config) {
  public NodeOptions {
    roles = Set.copyOf(roles);
    seeds = List.copyOf(seeds);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("a node needs at least one role");
    }
  }
}
