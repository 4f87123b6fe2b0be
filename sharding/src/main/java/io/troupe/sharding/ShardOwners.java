package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.PartitionId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/** Decides which member a shard belongs to, by the members' roles. Pure. */
final class ShardOwners {
  private static final String NODE_ROLE = "node.";

  private ShardOwners() {}

  /** The role that tells a member's node id. */
  static String nodeRole(NodeId node) {
    return NODE_ROLE + node;
  }

  /** The node id among a member's roles. */
  static Optional<NodeId> nodeOf(Set<String> roles) {
    return roles.stream()
        .filter(r -> r.startsWith(NODE_ROLE))
        .findFirst()
        .map(r -> NodeId.of(r.substring(NODE_ROLE.length())));
  }

  /**
   * What to look for in a member's roles; empty where the owner is not known (yet), as of a volume
   * that is not in the catalog.
   */
  static Optional<Predicate<Set<String>>> ownerOf(
      EntityTypeKey<?> type, String shard, DirectoryView view) {
    if (type.equals(EntityTypes.DIRECTORY)) {
      return Optional.of(roles -> roles.contains(Role.DIR.label()));
    }
    if (type.equals(EntityTypes.VOLUME) || type.equals(EntityTypes.FILE)) {
      PartitionId partition = PartitionId.of(shard);
      return view.volumes().stream()
          .filter(v -> v.id().equals(partition.volume()))
          .findFirst()
          .map(v -> roles -> roles.contains(nodeRole(v.master())));
    }
    return Optional.of(roles -> roles.contains(NODE_ROLE + shard));
  }
}
