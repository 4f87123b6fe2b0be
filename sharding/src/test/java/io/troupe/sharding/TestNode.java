package io.troupe.sharding;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.ReplicaDescription;
import io.troupe.lsm.pekko.LsmPluginConfig;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.sharding.group.Groups;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/**
 * A node in this JVM, with the configuration that ships and shorter times. Its Replicas describe
 * themselves by the number that the node was given.
 */
final class TestNode implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);

  private static final String FASTER =
      """
      troupe.node { host = "127.0.0.1", down-after = 1s }
      troupe.directory { heartbeat-interval = 200ms, offline-after = 2s, request-timeout = 1s }
      lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB, reserve = 8MiB }
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.cluster {
        seed-node-timeout = 500ms
        retry-unsuccessful-join-after = 500ms
        failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }
        sharding.rebalance-interval = 500ms
      }
      """;

  final NodeId id;
  final ActorSystem<?> system;
  final Entities entities;

  /** Done when it keeps the directory, where it has role dir. */
  final CompletionStage<Done> takesPart;

  /** With keys of its own before all others. */
  TestNode(int number, Set<Role> roles, Path data, int port, String keys, String... seeds)
      throws InterruptedException {
    id = new NodeId(new UUID(0, number));
    Config config =
        ConfigFactory.parseString(keys)
            .withFallback(ConfigFactory.parseString(FASTER))
            .withFallback(LsmPluginConfig.forDirectory(data.resolve("node" + number)))
            .withFallback(ConfigFactory.parseFile(new File("../application.conf")))
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    system =
        ClusterNode.start(
            new ClusterSettings("127.0.0.1", port, id, roles, List.of(seeds), List.of(), config),
            LIMIT);
    boolean started = false;
    try {
      DirectoryRole directory = new DirectoryRole(system);
      List<Hosting<?>> hostings = new ArrayList<>();
      if (roles.contains(Role.DIR)) {
        hostings.add(directory.hosting());
      }
      if (roles.contains(Role.OSD)) {
        hostings.add(replicas(number));
      }
      entities = Entities.start(system, id, () -> describe(roles), hostings);
      directory.started(entities);
      CompletionStage<Done> part = CompletableFuture.completedFuture(Done.DONE);
      if (directory.isReplicated()) {
        Groups groups = Groups.start(system, id, entities, LsmStores.get(system).store());
        if (roles.contains(Role.DIR)) {
          part = directory.takePart(entities, groups);
        }
      }
      takesPart = part;
      started = true;
    } finally {
      if (!started) {
        leave();
      }
    }
  }

  private ServiceRecord describe(Set<Role> roles) {
    return new ServiceRecord(
        id, roles.stream().sorted().toList(), address(), Optional.empty(), 100, 10);
  }

  private static Hosting<ReplicaCommand> replicas(int number) {
    Behavior<ReplicaCommand> numbered =
        Behaviors.receive(ReplicaCommand.class)
            .onMessage(
                ReplicaCommand.Describe.class,
                d -> {
                  d.replyTo().tell(Result.ok(new ReplicaDescription(number, 0, List.of(), 0)));
                  return Behaviors.same();
                })
            .onMessage(Stop.class, s -> Behaviors.stopped())
            .build();
    return new Hosting<>(EntityTypes.REPLICA, context -> numbered, new Stop(), 100, "");
  }

  private record Stop() implements ReplicaCommand.Local {}

  String address() {
    return ClusterNode.addressOf(system);
  }

  int port() {
    return Cluster.get(system.classicSystem()).selfAddress().getPort().orElseThrow();
  }

  Registry registry() {
    return Registry.get(system);
  }

  /** Who answers for the Replica that the node of that number owns. */
  CompletionStage<Integer> whoServes(int owner, Duration limit) {
    FileId file = new FileId(new VolumeId(new UUID(1, 1)), 7);
    CompletionStage<Result<ReplicaDescription>> answer =
        entities.ask(
            OsdId.of(new NodeId(new UUID(0, owner))),
            file,
            (ActorRef<Result<ReplicaDescription>> r) -> new ReplicaCommand.Describe(r),
            limit);
    return answer.thenApply(r -> r.orThrow().truncateEpoch());
  }

  /** As {@link #whoServes}, whether the owner is there or not. */
  CompletionStage<Integer> whoServesUnchecked(int owner, Duration limit) {
    FileId file = new FileId(new VolumeId(new UUID(1, 1)), 7);
    CompletionStage<Result<ReplicaDescription>> answer =
        ClusterSharding.get(system)
            .entityRefFor(
                EntityTypes.REPLICA,
                EntityIds.replica(OsdId.of(new NodeId(new UUID(0, owner))), file))
            .ask((ActorRef<Result<ReplicaDescription>> r) -> new ReplicaCommand.Describe(r), limit);
    return answer.thenApply(r -> r.orThrow().truncateEpoch());
  }

  boolean sees(int number) {
    return members().contains(new NodeId(new UUID(0, number)));
  }

  private List<NodeId> members() {
    List<NodeId> found = new ArrayList<>();
    Cluster.get(system.classicSystem())
        .state()
        .getMembers()
        .forEach(m -> Members.nodeOf(m).ifPresent(found::add));
    return found;
  }

  DirectoryView refreshed() {
    return registry().refresh().toCompletableFuture().join();
  }

  boolean reaches(int number) {
    Cluster cluster = Cluster.get(system.classicSystem());
    for (Member m : cluster.state().getMembers()) {
      if (Members.nodeOf(m).filter(new NodeId(new UUID(0, number))::equals).isPresent()
          && Members.isReachable(cluster, m)) {
        return true;
      }
    }
    return false;
  }

  /** Fails with a {@link TimeoutException} if it lives on for twice the time of downing. */
  void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
    system.getWhenTerminated().toCompletableFuture().get(2, TimeUnit.SECONDS);
  }

  boolean hasEnded() {
    return system.getWhenTerminated().toCompletableFuture().isDone();
  }

  /** Ends without a word to the others, as a process that is killed. */
  void crash() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Leaves in order. */
  void leave() throws InterruptedException {
    if (!ClusterNode.stop(system, LIMIT)) {
      throw new AssertionError("did not stop");
    }
  }

  @Override
  public void close() {
    crash();
  }

  /** What a stage comes to; a failure is thrown as it is. */
  static <T> T await(CompletionStage<T> stage) throws Throwable {
    try {
      return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}
