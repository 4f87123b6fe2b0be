package io.troupe.sharding.group;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.serialization.KryoSerializable;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupMessage;
import java.util.concurrent.CompletableFuture;

/** What the actor of a node's groups is told. */
sealed interface GroupsCommand {
  /** A message between two members. */
  record Envelope(GroupId group, NodeId from, GroupMessage message)
      implements GroupsCommand, KryoSerializable {}

  /** Starts this node's member. Never leaves the node. */
  record Join(GroupSpec spec, CompletableFuture<Group> joined) implements GroupsCommand {}
}
