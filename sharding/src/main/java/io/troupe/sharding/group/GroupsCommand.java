package io.troupe.sharding.group;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.serialization.KryoSerializable;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the actor of a node's groups is told. */
sealed interface GroupsCommand {
  /** A message between two members. */
  record Envelope(GroupId group, NodeId from, GroupMessage message)
      implements GroupsCommand, KryoSerializable {}

  /** Asks a member whether it serves the group; answered only if it does. */
  record WhoServes(GroupId group, NodeId from) implements GroupsCommand, KryoSerializable {}

  /** A member serves the group under that epoch of the log. */
  record Serves(GroupId group, NodeId node, long epoch)
      implements GroupsCommand, KryoSerializable {}

  /** Asks those members. Never leaves the node. */
  record Ask(GroupId group, List<NodeId> members) implements GroupsCommand {
    public Ask {
      members = List.copyOf(members);
    }
  }

  /** This node's member serves now. Never leaves the node. */
  record Announce(GroupId group, long epoch) implements GroupsCommand {}

  /** Starts this node's member. Never leaves the node. */
  record Join(GroupSpec spec, Runnable onServing, CompletableFuture<Group> joined)
      implements GroupsCommand {}
}
