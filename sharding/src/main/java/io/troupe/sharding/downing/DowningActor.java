package io.troupe.sharding.downing;

import io.troupe.actors.directory.Role;
import io.troupe.sharding.Members;
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

  static Behavior<Object> create(Duration after) {
    return Behaviors.setup(
        context -> {
          context.setLoggerName(DowningActor.class);
          Cluster cluster = Cluster.get(Adapter.toClassic(context.getSystem()));
          boolean directory = cluster.getSelfRoles().contains(Role.DIR.label());
          DowningRule rule = new DowningRule(directory, after);
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
                          expelled(context, cluster, event.remoteAddress().address());
                          return Behaviors.same();
                        })
                    .build();
              });
        });
  }

  private static void look(ActorContext<Object> context, Cluster cluster, DowningRule rule) {
    List<DowningRule.Peer> peers = new ArrayList<>();
    for (Member m : cluster.state().getMembers()) {
      if (!m.status().equals(MemberStatus.down()) && !m.status().equals(MemberStatus.exiting())) {
        peers.add(
            new DowningRule.Peer(
                m.address(),
                Members.nodeOf(m).map(Object::toString),
                Members.isReachable(cluster, m)));
      }
    }
    for (Address gone : rule.gone(peers, System.nanoTime())) {
      context.getLog().warn("member={} event=taken-out reason=unreachable", gone.hostPort());
      cluster.down(gone);
    }
  }

  /**
   * The DIR's node has taken this one out and will never listen to it again: only a new start makes
   * it a member.
   */
  private static void expelled(ActorContext<Object> context, Cluster cluster, Address by) {
    for (Member m : cluster.state().getMembers()) {
      if (m.address().equals(by) && m.hasRole(Role.DIR.label())) {
        context.getLog().error("event=taken-out by={}; this node ends", by.hostPort());
        cluster.down(cluster.selfAddress());
      }
    }
  }
}
