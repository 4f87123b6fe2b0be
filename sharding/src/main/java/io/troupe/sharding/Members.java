package io.troupe.sharding;

import io.troupe.actors.id.NodeId;
import java.util.Optional;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.remote.FailureDetectorRegistry;

/** What a member of the cluster is to Troupe. */
public final class Members {
  private Members() {}

  /** Empty for a member that is no node of Troupe. */
  public static Optional<NodeId> nodeOf(Member member) {
    return ShardOwners.nodeOf(member.getRoles());
  }

  /**
   * False where somebody cannot reach it, unless this process can: a single link that is broken
   * does not concern the others.
   */
  public static boolean isReachable(Cluster cluster, Member member) {
    if (!cluster.state().getUnreachable().contains(member)) {
      return true;
    }
    FailureDetectorRegistry<Address> own = cluster.failureDetector();
    return own.isMonitoring(member.address()) && own.isAvailable(member.address());
  }
}
