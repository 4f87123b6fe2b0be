package io.troupe.sharding;

import io.troupe.actors.id.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;

/**
 * The way to a system actor of other nodes, straight and without a shard region, which would keep
 * for a node that is away what is worth nothing later. Thread-safe.
 */
public final class NodeRoutes<M> {
  private static final long LOOK = Duration.ofMillis(500).toNanos();

  private final Cluster cluster;
  private final ActorRefResolver resolver;
  private final String name;
  private volatile Seen<M> seen = new Seen<>(Map.of(), System.nanoTime() - LOOK);

  private record Seen<M>(Map<NodeId, ActorRef<M>> routes, long at) {}

  /**
   * @param name of the actor, below {@code /system}
   */
  public NodeRoutes(ActorSystem<?> system, String name) {
    this.cluster = Cluster.get(system.classicSystem());
    this.resolver = ActorRefResolver.get(system);
    this.name = name;
  }

  /** Sends, or drops where the node is no member now. */
  public void send(NodeId to, M message) {
    Seen<M> s = seen;
    long now = System.nanoTime();
    if (now - s.at() >= LOOK) {
      s = new Seen<>(look(s.routes()), now);
      seen = s;
    }
    ActorRef<M> route = s.routes().get(to);
    if (route != null) {
      route.tell(message);
    }
  }

  /** Members that are leaving, too: they still have something to say. */
  private Map<NodeId, ActorRef<M>> look(Map<NodeId, ActorRef<M>> before) {
    Map<NodeId, ActorRef<M>> found = new HashMap<>();
    for (Member m : cluster.state().getMembers()) {
      Members.nodeOf(m)
          .ifPresent(
              node -> {
                String path = m.address() + "/system/" + name;
                ActorRef<M> known = before.get(node);
                found.put(
                    node,
                    known != null && known.path().toString().equals(path)
                        ? known
                        : resolver.resolveActorRef(path));
              });
    }
    return found;
  }
}
