package io.troupe.sharding;

import com.typesafe.config.Config;
import io.troupe.actors.directory.Role;
import io.troupe.actors.id.NodeId;
import io.troupe.sharding.directory.DirectoryReplicas;
import io.troupe.sharding.directory.DirectoryStore;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;

/** Keeps a cluster from getting a second catalog by accident. */
final class SecondDirectory {
  private SecondDirectory() {}

  /**
   * Throws {@link IllegalStateException} if this node has role dir, but the cluster's directory is,
   * or may be, on others: as many as there are to be are members, or this node has nothing in its
   * directory and has joined a cluster that began without it. Where several nodes keep it, {@code
   * Founding} has the last word.
   */
  static void refuse(ActorSystem<?> system, NodeId self) {
    Cluster cluster = Cluster.get(system.classicSystem());
    if (!cluster.getSelfRoles().contains(Role.DIR.label())) {
      return;
    }
    int replicas = DirectoryReplicas.of(system.settings().config());
    Optional<String> objection = DirectoryStore.objection(system, self, replicas);
    if (objection.isPresent()) {
      throw new IllegalStateException(objection.get());
    }
    if (replicas == 1) {
      refuseOther(system, cluster, self);
    } else {
      refuseOneTooMany(system, cluster, self, replicas);
    }
  }

  private static void refuseOneTooMany(
      ActorSystem<?> system, Cluster cluster, NodeId self, int replicas) {
    Set<NodeId> others = new HashSet<>();
    for (Member m : cluster.state().getMembers()) {
      boolean other = Members.nodeOf(m).filter(self::equals).isEmpty();
      if (other && m.hasRole(Role.DIR.label())) {
        int theirs = DirectoryReplicas.ofRoles(m.getRoles());
        if (theirs != replicas) {
          throw new IllegalStateException(
              "troupe.directory.replicas is %d here, but %d on node %s"
                  .formatted(replicas, theirs, m.address().hostPort()));
        }
        Members.nodeOf(m).ifPresent(others::add);
      }
    }
    if (others.size() >= replicas && !DirectoryStore.isMember(system)) {
      throw new IllegalStateException(
          "%d other nodes have role dir already, and troupe.directory.replicas is %d; start this"
                  .formatted(others.size(), replicas)
              + " one without role dir");
    }
  }

  private static void refuseOther(ActorSystem<?> system, Cluster cluster, NodeId self) {
    boolean joined = false;
    for (Member m : cluster.state().getMembers()) {
      boolean other = Members.nodeOf(m).filter(self::equals).isEmpty();
      if (other && m.hasRole(Role.DIR.label())) {
        int theirs = DirectoryReplicas.ofRoles(m.getRoles());
        if (theirs > 1) {
          throw new IllegalStateException(
              "troupe.directory.replicas is 1 here, but %d on node %s"
                  .formatted(theirs, m.address().hostPort()));
        }
        throw new IllegalStateException(
            "node " + m.address().hostPort() + " has role dir already; a cluster has exactly one");
      }
      joined |= other && m.isOlderThan(cluster.selfMember());
    }
    Config config = system.settings().config();
    if (joined && !config.getBoolean("troupe.directory.create") && DirectoryStore.isEmpty(system)) {
      throw new IllegalStateException(
          "this node has an empty directory and would give the cluster that it joined a second"
              + " catalog; start the node that holds the directory instead, or, if there has never"
              + " been one, this node once with -Dtroupe.directory.create=true");
    }
  }
}
