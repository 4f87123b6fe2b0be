package io.troupe.sharding;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.lease.LeaseEntity;
import io.troupe.lease.LeaseNodeActor;
import io.troupe.lease.LeasePeers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;

/**
 * The way to the leases of other nodes: straight to their actor, without a shard region, which
 * would keep for a node that is away what is worth nothing later. Used by one actor.
 */
final class LeaseRoutes implements LeasePeers {
  private static final long LOOK = Duration.ofMillis(500).toNanos();

  private final Cluster cluster;
  private final ActorRefResolver resolver;
  private final NodeId self;
  private final Entities entities;
  private Map<NodeId, ActorRef<LeaseNodeCommand>> routes = Map.of();
  private long looked = System.nanoTime() - LOOK;

  LeaseRoutes(ActorSystem<?> system, NodeId self, Entities entities) {
    this.cluster = Cluster.get(system.classicSystem());
    this.resolver = ActorRefResolver.get(system);
    this.self = self;
    this.entities = entities;
  }

  @Override
  public void send(NodeId to, LeaseBatch batch) {
    long now = System.nanoTime();
    if (now - looked >= LOOK) {
      looked = now;
      routes = look();
    }
    ActorRef<LeaseNodeCommand> route = routes.get(to);
    if (route != null) {
      route.tell(batch);
    }
  }

  /** Members that are leaving, too: they hand their leases over. */
  private Map<NodeId, ActorRef<LeaseNodeCommand>> look() {
    Map<NodeId, ActorRef<LeaseNodeCommand>> found = new HashMap<>();
    for (Member m : cluster.state().getMembers()) {
      Members.nodeOf(m)
          .ifPresent(
              node -> {
                String path = m.address() + "/system/" + LeaseNodeActor.NAME;
                ActorRef<LeaseNodeCommand> known = routes.get(node);
                found.put(
                    node,
                    known != null && known.path().toString().equals(path)
                        ? known
                        : resolver.resolveActorRef(path));
              });
    }
    return found;
  }

  @Override
  public void wake(CellId cell) {
    entities.tell(self, cell, new LeaseEntity.Participate());
  }
}
