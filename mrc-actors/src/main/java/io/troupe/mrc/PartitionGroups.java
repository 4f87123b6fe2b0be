package io.troupe.mrc;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.PartitionId;
import io.troupe.lsm.pekko.CommitRoute;
import io.troupe.sharding.group.Group;
import io.troupe.sharding.group.Mastership;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The replicated partitions that this node takes part in. One map tells both whether an entity may
 * act and where to what it persists goes: none can be right without the other. Thread-safe.
 */
final class PartitionGroups {
  /** By the partition as text, as it stands in persistence ids. */
  private final Map<String, Group> groups = new ConcurrentHashMap<>();

  void put(PartitionId partition, Group group) {
    groups.put(partition.toString(), group);
  }

  /** NONE until the node takes part. */
  Mastership mastership(PartitionId partition) {
    Group group = groups.get(partition.toString());
    return group == null ? Mastership.NONE : group.mastership();
  }

  void stepDown(PartitionId partition) {
    Group group = groups.get(partition.toString());
    if (group != null) {
      group.stepDown();
    }
  }

  /**
   * Where what an entity persists goes. Persistence ids are {@code Volume|partition} and {@code
   * File|partition|file}.
   */
  Optional<CommitRoute> routeOf(String persistenceId) {
    int from = persistenceId.indexOf('|') + 1;
    int to = persistenceId.indexOf('|', from);
    Group group = groups.get(persistenceId.substring(from, to < 0 ? persistenceId.length() : to));
    if (group == null) {
      return Optional.empty();
    }
    Epoch epoch = group.mastership().epoch();
    return Optional.of(batch -> group.propose(batch, epoch));
  }
}
