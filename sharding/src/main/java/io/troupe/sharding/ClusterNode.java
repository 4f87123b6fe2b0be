package io.troupe.sharding;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.Role;
import io.troupe.sharding.directory.DirectoryReplicas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.cluster.Cluster;

/** A process as a member of the cluster. */
public final class ClusterNode {
  /** Of the ActorSystem; all members and outside clients have the same. */
  public static final String SYSTEM = "troupe";

  /** Three rounds of gossip. */
  private static final Duration ANNOUNCE = Duration.ofSeconds(1);

  private ClusterNode() {}

  /**
   * Starts the ActorSystem and joins.
   *
   * @throws IllegalStateException if it is no member after the time; the ActorSystem is terminated
   *     then
   */
  public static ActorSystem<SpawnProtocol.Command> start(ClusterSettings s, Duration limit)
      throws InterruptedException {
    List<String> roles = new ArrayList<>(s.roles().stream().map(Role::label).toList());
    roles.add(ShardOwners.nodeRole(s.node()));
    int replicas = DirectoryReplicas.of(s.config());
    if (s.roles().contains(Role.DIR) && replicas > 1) {
      roles.add(DirectoryReplicas.role(replicas));
    }
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.actor.provider",
                    "cluster",
                    "pekko.remote.artery.canonical.hostname",
                    s.host(),
                    "pekko.remote.artery.canonical.port",
                    s.port(),
                    "pekko.cluster.roles",
                    roles))
            .withFallback(s.config());
    ActorSystem<SpawnProtocol.Command> system =
        ActorSystem.create(SpawnProtocol.create(), SYSTEM, config);
    boolean joined = false;
    try {
      join(Cluster.get(system.classicSystem()), s, limit);
      joined = true;
      return system;
    } finally {
      if (!joined) {
        // Whoever was interrupted must not wait again; the system ends by itself.
        system.terminate();
      }
    }
  }

  /**
   * Leaves the cluster and terminates, all within the limit.
   *
   * @return false if it has not ended by then
   */
  public static boolean stop(ActorSystem<?> system, Duration limit) throws InterruptedException {
    Cluster cluster = Cluster.get(system.classicSystem());
    // The others have to know before the regions hand their shards back: what they sent meanwhile
    // would wait with them, and be carried out when this node is back.
    cluster.leave(cluster.selfAddress());
    boolean ended = hasEnded(system, min(ANNOUNCE, limit));
    if (!ended) {
      var unused =
          CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterLeavingReason());
      ended = hasEnded(system, limit.minus(min(ANNOUNCE, limit)));
    }
    return ended;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static boolean hasEnded(ActorSystem<?> system, Duration limit)
      throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the actor system has ended with a failure", e);
    }
  }

  private static void join(Cluster cluster, ClusterSettings s, Duration limit)
      throws InterruptedException {
    CompletableFuture<Boolean> up = new CompletableFuture<>();
    cluster.registerOnMemberUp(() -> up.complete(true));
    join(cluster, s);
    try {
      up.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException(
          "cannot join the cluster within "
              + limit.toSeconds()
              + " s"
              + (s.seeds().isEmpty() ? "" : " through " + String.join(", ", s.seeds()))
              + "; is a node running there?",
          e);
    }
  }

  private static void join(Cluster cluster, ClusterSettings s) {
    if (s.seeds().isEmpty() && s.rejoin().isEmpty()) {
      cluster.join(cluster.selfAddress());
      return;
    }
    List<Address> through = new ArrayList<>();
    if (s.seeds().isEmpty()) {
      // As the first of its seeds it may begin a cluster when none of the others answers.
      through.add(cluster.selfAddress());
      s.rejoin().forEach(a -> through.add(address(a)));
    } else {
      s.seeds().forEach(a -> through.add(address(a)));
      // Seeds may be gone for good, while others of the cluster are there.
      s.rejoin().forEach(a -> through.add(address(a)));
    }
    cluster.joinSeedNodes(through);
  }

  /** Throws {@link IllegalArgumentException} for what is not {@code host:port}. */
  public static Address address(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    try {
      if (colon > 0) {
        return new Address(
            "pekko",
            SYSTEM,
            hostPort.substring(0, colon),
            Integer.parseInt(hostPort.substring(colon + 1)));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not an address (HOST:PORT): " + hostPort, e);
    }
    throw new IllegalArgumentException("not an address (HOST:PORT): " + hostPort);
  }

  /** {@code host:port} that this process listens on. */
  public static String addressOf(ActorSystem<?> system) {
    return Cluster.get(system.classicSystem()).selfAddress().hostPort().replaceFirst("^.*@", "");
  }
}
