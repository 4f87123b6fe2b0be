package io.troupe.sharding;

import io.troupe.actors.id.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
    ActorRef<M> route = routes().get(to);
    if (route != null) {
      route.tell(message);
    }
  }

  /** Where to send to; empty where the node is no member now. */
  Optional<ActorRef<M>> to(NodeId node) {
    return Optional.ofNullable(routes().get(node));
  }

  /** Sends to all members. */
  public void sendAll(M message) {
    routes().values().forEach(route -> route.tell(message));
  }

  private Map<NodeId, ActorRef<M>> routes() {
    Seen<M> s = seen;
    long now = System.nanoTime();
    if (now - s.at() >= LOOK) {
      s = new Seen<>(look(s.routes()), now);
      seen = s;
    }
    return s.routes();
  }

  /** Members that are leaving, too: they still have something to say. */
  private Map<NodeId, ActorRef<M>> look(Map<NodeId, ActorRef<M>> before) {
    Map<NodeId, Member> newest = new HashMap<>();
    for (Member m : cluster.state().getMembers()) {
      // Of a node that was started anew elsewhere, the one that has ended may still be a member.
      Members.nodeOf(m)
          .ifPresent(node -> newest.merge(node, m, (a, b) -> a.isOlderThan(b) ? b : a));
    }
    Map<NodeId, ActorRef<M>> found = new HashMap<>();
    newest.forEach(
        (node, m) -> {
          String path = m.address() + "/system/" + name;
          ActorRef<M> known = before.get(node);
          found.put(
              node,
              known != null && known.path().toString().equals(path)
                  ? known
                  : resolver.resolveActorRef(path));
        });
    return Map.copyOf(found);
  }
}
