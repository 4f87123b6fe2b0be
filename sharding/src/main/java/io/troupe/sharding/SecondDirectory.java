package io.troupe.sharding;

import com.typesafe.config.Config;
import io.troupe.actors.directory.Role;
import io.troupe.actors.id.NodeId;
import io.troupe.sharding.directory.DirectoryStore;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;

/** Keeps a cluster from getting a second catalog by accident. */
final class SecondDirectory {
  private SecondDirectory() {}

  /**
   * Throws {@link IllegalStateException} if this node has role dir, but the cluster's directory is,
   * or may be, on another one: that node is a member, or this node has nothing in its directory and
   * has joined a cluster that began without it.
   */
  static void refuse(ActorSystem<?> system, NodeId self) {
    Cluster cluster = Cluster.get(system.classicSystem());
    if (!cluster.getSelfRoles().contains(Role.DIR.label())) {
      return;
    }
    boolean joined = false;
    for (Member m : cluster.state().getMembers()) {
      boolean other = Members.nodeOf(m).filter(self::equals).isEmpty();
      if (other && m.hasRole(Role.DIR.label())) {
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
