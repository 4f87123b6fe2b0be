package io.troupe.sharding;

import io.troupe.actors.directory.Role;
import io.troupe.actors.id.NodeId;
import io.troupe.sharding.directory.DirectoryReplicas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * Which nodes can be told something now. What is sent to another one would wait in this process and
 * be carried out when that node is back, long after its sender gave up. Thread-safe; asking costs
 * nothing.
 */
final class Presence {
  /** Events may overtake the state that they speak of. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Cluster cluster;
  private volatile Present present;

  private record Present(Set<NodeId> nodes, Directories directories) {}

  /**
   * Who can be asked for the directory.
   *
   * @param nodes with role dir
   * @param replicated they keep it together, and one at a time serves
   */
  record Directories(List<NodeId> nodes, boolean replicated) {}

  private record Look() {}

  private Presence(Cluster cluster) {
    this.cluster = cluster;
    this.present = look(cluster);
  }

  static Presence follow(ActorSystem<?> system) {
    Presence p = new Presence(Cluster.get(system.classicSystem()));
    system.systemActorOf(p.watcher(), "presence", Props.empty());
    return p;
  }

  boolean has(NodeId node) {
    return present.nodes().contains(node);
  }

  Directories directories() {
    return present.directories();
  }

  private Behavior<Object> watcher() {
    return Behaviors.setup(
        context -> {
          cluster.subscribe(
              Adapter.toClassic(context.getSelf()),
              ClusterEvent.initialStateAsEvents(),
              ClusterEvent.MemberEvent.class,
              ClusterEvent.ReachabilityEvent.class);
          return Behaviors.withTimers(
              timers -> {
                timers.startTimerWithFixedDelay(new Look(), LOOK);
                return Behaviors.receive(Object.class)
                    .onAnyMessage(
                        eventOrLook -> {
                          present = look(cluster);
                          return Behaviors.same();
                        })
                    .build();
              });
        });
  }

  private static Present look(Cluster cluster) {
    Set<NodeId> nodes = new HashSet<>();
    List<NodeId> directories = new ArrayList<>();
    boolean replicated = false;
    for (Member m : cluster.state().getMembers()) {
      if (m.status().equals(MemberStatus.up()) && Members.isReachable(cluster, m)) {
        Members.nodeOf(m).ifPresent(nodes::add);
        if (m.hasRole(Role.DIR.label())) {
          Members.nodeOf(m).ifPresent(directories::add);
          replicated |= DirectoryReplicas.ofRoles(m.getRoles()) > 1;
        }
      }
    }
    return new Present(Set.copyOf(nodes), new Directories(List.copyOf(directories), replicated));
  }
}
