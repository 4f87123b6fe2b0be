package io.troupe.sharding;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.ShardCoordinator.AbstractShardAllocationStrategy;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.dispatch.Futures;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Places each shard on the member that owns it, or nowhere. While the owner is away the region that
 * asked asks again after its retry interval; what it buffers meanwhile is bounded, and those who
 * wait have their own timeouts.
 */
final class PinnedAllocation extends AbstractShardAllocationStrategy {
  private final EntityTypeKey<?> type;
  private final Cluster cluster;

  PinnedAllocation(EntityTypeKey<?> type, Cluster cluster) {
    this.type = type;
    this.cluster = cluster;
  }

  @Override
  public Future<ActorRef> allocateShard(
      ActorRef requester, String shard, Map<ActorRef, IndexedSeq<String>> current) {
    // The coordinator takes a region that is none of its own for one that has just gone: it
    // allocates nothing and says nothing. A failure it would log with its stack at each attempt.
    return Futures.successful(
        regionOf(shard, current.keySet()).orElse(cluster.system().deadLetters()));
  }

  @Override
  public Future<Set<String>> rebalance(
      Map<ActorRef, IndexedSeq<String>> current, Set<String> inProgress) {
    Set<String> misplaced = new HashSet<>();
    current.forEach(
        (region, shards) -> {
          for (String shard : CollectionConverters.asJava(shards)) {
            Optional<ActorRef> right = regionOf(shard, current.keySet());
            if (right.isPresent() && !right.get().equals(region) && !inProgress.contains(shard)) {
              misplaced.add(shard);
            }
          }
        });
    return Futures.successful(misplaced);
  }

  private Optional<ActorRef> regionOf(String shard, Set<ActorRef> regions) {
    Predicate<Set<String>> owner = ShardOwners.ownerOf(type, shard);
    for (Member m : cluster.state().getMembers()) {
      if (m.status().equals(MemberStatus.up()) && owner.test(m.getRoles())) {
        for (ActorRef region : regions) {
          if (addressOf(region).equals(m.address())) {
            return Optional.of(region);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The path of a region on this node carries no host. */
  private Address addressOf(ActorRef region) {
    Address a = region.path().address();
    return a.host().isEmpty() ? cluster.selfAddress() : a;
  }
}
