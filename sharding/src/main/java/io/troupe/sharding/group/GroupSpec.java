package io.troupe.sharding.group;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.NodeId;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupRanges;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A group as its members know it.
 *
 * @param cell whose lease makes a member master
 * @param first who voted when the group began, the same on all members and for ever
 * @param ranges the keys that it owns
 * @param lease how long the master's lease is valid; it is renewed well before
 */
public record GroupSpec(
    GroupId id, CellId cell, List<NodeId> first, GroupRanges ranges, Duration lease) {
  public GroupSpec {
    first = List.copyOf(first);
  }

  Membership membership() {
    return new Membership(first.stream().map(GroupSpec::member).collect(Collectors.toSet()));
  }

  static MemberId member(NodeId node) {
    return new MemberId(node.toString());
  }

  static NodeId node(MemberId member) {
    return NodeId.of(member.value());
  }
}
