package io.troupe.sharding.downing;

import io.troupe.actors.directory.Role;
import io.troupe.sharding.Members;
import io.troupe.sharding.directory.DirectoryReplicas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;

/** Looks at the members again and again, and carries out what {@link DowningRule} says. */
final class DowningActor {
  private static final Duration LOOK = Duration.ofMillis(200);

  private record Look() {}

  private DowningActor() {}

  /**
   * Of this member.
   *
   * @param after how long a member has to be unreachable
   */
  static Behavior<Object> create(Duration after) {
    return Behaviors.setup(
        context -> {
          context.setLoggerName(DowningActor.class);
          Cluster cluster = Cluster.get(Adapter.toClassic(context.getSystem()));
          DowningRule rule = new DowningRule(cluster.selfAddress(), after);
          context
              .getSystem()
              .classicSystem()
              .eventStream()
              .subscribe(
                  Adapter.toClassic(context.getSelf()), ThisActorSystemQuarantinedEvent.class);
          return Behaviors.withTimers(
              timers -> {
                timers.startTimerWithFixedDelay(new Look(), LOOK);
                return Behaviors.receive(Object.class)
                    .onMessage(
                        Look.class,
                        look -> {
                          look(context, cluster, rule);
                          return Behaviors.same();
                        })
                    .onMessage(
                        ThisActorSystemQuarantinedEvent.class,
                        event -> {
                          expelled(context, cluster, rule, event.remoteAddress().address());
                          return Behaviors.same();
                        })
                    .build();
              });
        });
  }

  private static void look(ActorContext<Object> context, Cluster cluster, DowningRule rule) {
    for (Address gone : rule.gone(peers(cluster), directories(cluster), System.nanoTime())) {
      context.getLog().warn("member={} event=taken-out reason=unreachable", gone.hostPort());
      cluster.down(gone);
    }
  }

  private static List<DowningRule.Peer> peers(Cluster cluster) {
    List<DowningRule.Peer> peers = new ArrayList<>();
    for (Member m : cluster.state().getMembers()) {
      if (!m.status().equals(MemberStatus.down()) && !m.status().equals(MemberStatus.exiting())) {
        peers.add(
            new DowningRule.Peer(
                m.address(),
                Members.nodeOf(m).map(Object::toString),
                m.hasRole(Role.DIR.label()),
                Members.isReachable(cluster, m)));
      }
    }
    return peers;
  }

  /** As the members with role dir say. */
  private static int directories(Cluster cluster) {
    int most = 1;
    for (Member m : cluster.state().getMembers()) {
      most = Math.max(most, DirectoryReplicas.ofRoles(m.getRoles()));
    }
    return most;
  }

  private static void expelled(
      ActorContext<Object> context, Cluster cluster, DowningRule rule, Address by) {
    if (rule.isExpelledBy(by, peers(cluster), directories(cluster))) {
      context.getLog().error("event=taken-out by={}; this node ends", by.hostPort());
      cluster.down(cluster.selfAddress());
    }
  }
}
