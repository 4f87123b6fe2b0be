package io.troupe.sharding;

import io.troupe.actors.id.NodeId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/** Decides which member a shard belongs to, by the members' roles and the shard's name. Pure. */
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

  /** What to look for in a member's roles. */
  static Predicate<Set<String>> ownerOf(EntityTypeKey<?> type, String shard) {
    String owner =
        type.equals(EntityTypes.VOLUME)
                || type.equals(EntityTypes.FILE)
                || type.equals(EntityTypes.DIRECTORY)
            ? nodeRole(EntityIds.nodeOf(shard))
            : NODE_ROLE + shard;
    return roles -> roles.contains(owner);
  }
}
