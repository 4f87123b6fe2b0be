package io.troupe.sharding;

import com.typesafe.config.Config;
import io.troupe.actors.ask.Asks;
import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.lease.LeaseEntity;
import io.troupe.lease.LeaseNodeActor;
import io.troupe.lease.LeaseSettings;
import io.troupe.sharding.group.GroupIds;
import io.troupe.sharding.group.Masters;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings.PassivationStrategySettings;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/**
 * The way to every entity of the cluster. What is told to one whose owner is away is dropped, what
 * is asked of it fails at once with an {@link FsException} EIO: nothing is kept for an owner that
 * comes back after the sender gave up. An owner may also go while a message is on its way: who asks
 * needs a timeout.
 */
public final class Entities {
  /** How often the DIR is asked about volumes that it has not told of. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Map<EntityTypeKey<?>, ActorRef<?>> regions = new ConcurrentHashMap<>();

  private final ActorSystem<?> system;
  private final Registry registry;

  /** Empty where everything counts as present. */
  private final Optional<Presence> presence;

  private final AtomicLong askedForNewer = new AtomicLong(System.nanoTime() - LOOK_AGAIN.toNanos());
  private final Masters masters = new Masters(System::nanoTime);
  private final Optional<NodeRoutes<ShardingEnvelope<VolumeCommand>>> volumes;
  private final Optional<NodeRoutes<ShardingEnvelope<FileCommand>>> files;
  private final Optional<NodeRoutes<ShardingEnvelope<DirectoryCommand>>> directories;

  private Entities(ActorSystem<?> system, Optional<Presence> presence) {
    this.system = system;
    this.registry = Registry.get(system);
    this.presence = presence;
    this.volumes = presence.map(p -> routes(EntityTypes.VOLUME));
    this.files = presence.map(p -> routes(EntityTypes.FILE));
    this.directories = presence.map(p -> routes(EntityTypes.DIRECTORY));
  }

  private <M> NodeRoutes<ShardingEnvelope<M>> routes(EntityTypeKey<M> type) {
    return new NodeRoutes<>(system, "sharding/" + type.name());
  }

  /**
   * Starts what this node hosts, proxies for the rest, and its registration with the DIR. Lease
   * entities run on every node and need no hosting of the caller.
   *
   * @param service the node as it is to be registered, read anew with every heartbeat
   * @throws IllegalStateException if this node has role dir and another node has it already
   */
  public static Entities start(
      ActorSystem<?> system,
      NodeId self,
      Supplier<ServiceRecord> service,
      List<Hosting<?>> hostings) {
    Registry registry = Registry.get(system);
    SecondDirectory.refuse(system, self);
    Entities entities = new Entities(system, Optional.of(Presence.follow(system)));
    List<Hosting<?>> all = new ArrayList<>(hostings);
    all.add(leases(system, self, entities));
    for (EntityTypeKey<?> type : EntityTypes.ALL) {
      Optional<Hosting<?>> hosted = all.stream().filter(h -> h.type().equals(type)).findFirst();
      if (hosted.isPresent()) {
        entities.host(system, hosted.get());
      } else {
        entities.proxy(system, type);
      }
    }
    ActorRef<Heartbeat.Command> heartbeat =
        system.systemActorOf(
            Behaviors.supervise(
                    Heartbeat.create(
                        entities,
                        registry,
                        service,
                        system
                            .settings()
                            .config()
                            .getDuration("troupe.directory.heartbeat-interval")))
                .onFailure(
                    SupervisorStrategy.restartWithBackoff(
                        Duration.ofMillis(200), Duration.ofSeconds(5), 0.1)),
            "heartbeat",
            DispatcherSelector.blocking());
    Duration limit = system.settings().config().getDuration("troupe.directory.request-timeout");
    registry.begin(self, () -> Heartbeat.ask(system, heartbeat, limit));
    return entities;
  }

  /**
   * Entities that run as somebody else has arranged; this node hosts none and joins no cluster.
   * Made for tests of one entity against others that do as the test says.
   *
   * @param regions take a {@link ShardingEnvelope} each, by type; one that is missing cannot be
   *     reached
   */
  public static Entities over(
      ActorSystem<?> system, NodeId self, Map<EntityTypeKey<?>, ActorRef<?>> regions) {
    Registry registry = Registry.get(system);
    registry.begin(self, () -> CompletableFuture.completedFuture(registry.view()));
    Entities entities = new Entities(system, Optional.empty());
    entities.regions.putAll(regions);
    return entities;
  }

  private static Hosting<LeaseCommand> leases(
      ActorSystem<?> system, NodeId self, Entities entities) {
    Config config = system.settings().config().getConfig("troupe.lease");
    LeaseSettings settings = LeaseSettings.of(config);
    ActorRef<LeaseNodeCommand> node =
        system.systemActorOf(
            Behaviors.supervise(
                    LeaseNodeActor.create(
                        self,
                        settings,
                        new LeaseRoutes(system, self, entities),
                        Clock.systemUTC(),
                        () -> ThreadLocalRandom.current().nextLong()))
                .onFailure(SupervisorStrategy.restart()),
            LeaseNodeActor.NAME,
            Props.empty());
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "hand leases over",
            () ->
                AskPattern.ask(
                    node,
                    LeaseNodeActor.HandAllOver::new,
                    settings.handOverLimit().multipliedBy(2),
                    system.scheduler()));
    return new Hosting<>(
        EntityTypes.LEASE,
        context -> {
          String id = context.getEntityId();
          return LeaseEntity.create(id, EntityIds.lease(id).cell(), node);
        },
        new LeaseEntity.Stop(),
        config.getInt("max-active"),
        "");
  }

  private <M> void host(ActorSystem<?> system, Hosting<M> hosting) {
    PassivationStrategySettings bounded =
        ClusterShardingSettings.PassivationStrategySettings$.MODULE$
            .defaults()
            .withLeastRecentlyUsedReplacement()
            .withActiveEntityLimit(hosting.maxActive())
            .withIdleEntityPassivation(
                system.settings().config().getDuration("troupe.node.passivate-after"));
    Entity<M, ShardingEnvelope<M>> entity =
        entity(system, hosting.type(), hosting.factory())
            .withStopMessage(hosting.stopMessage())
            .withSettings(ClusterShardingSettings.create(system).withPassivationStrategy(bounded));
    if (!hosting.dispatcher().isEmpty()) {
      entity = entity.withEntityProps(DispatcherSelector.fromConfig(hosting.dispatcher()));
    }
    regions.put(hosting.type(), ClusterSharding.get(system).init(entity));
  }

  private <M> void proxy(ActorSystem<?> system, EntityTypeKey<M> type) {
    Behavior<M> never = Behaviors.empty();
    regions.put(type, ClusterSharding.get(system).init(entity(system, type, context -> never)));
  }

  private static <M> Entity<M, ShardingEnvelope<M>> entity(
      ActorSystem<?> system,
      EntityTypeKey<M> type,
      org.apache.pekko.japi.function.Function<
              org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext<M>, Behavior<M>>
          factory) {
    Entity<M, ShardingEnvelope<M>> entity =
        Entity.of(type, factory)
            .withMessageExtractor(new ByPrefix<M>())
            .withAllocationStrategy(
                new PinnedAllocation(type, Cluster.get(system.classicSystem())));
    Optional<Role> role = EntityTypes.roleOf(type);
    return role.isPresent() ? entity.withRole(role.get().label()) : entity;
  }

  /** Tells the Volume that serves the partition; lost where nobody is known to. */
  public void tell(PartitionId partition, VolumeCommand command) {
    masterOf(partition).ifPresent(node -> tell(node, partition, command));
  }

  /** Tells that node's Volume of the partition, which refuses unless it serves. */
  public void tell(NodeId node, PartitionId partition, VolumeCommand command) {
    volumeAt(node)
        .ifPresent(v -> v.tell(new ShardingEnvelope<>(EntityIds.volume(partition, node), command)));
  }

  /** Tells the File beside the Volume that serves the file's partition. */
  public void tell(FileId file, FileCommand command) {
    masterOf(file.partition()).ifPresent(node -> tell(node, file, command));
  }

  /** Tells that node's File, which refuses unless the Volume beside it serves. */
  public void tell(NodeId node, FileId file, FileCommand command) {
    fileAt(node)
        .ifPresent(f -> f.tell(new ShardingEnvelope<>(EntityIds.file(file, node), command)));
  }

  public void tell(OsdId osd, FileId file, ReplicaCommand command) {
    if (isPresent(osd.node())) {
      send(EntityTypes.REPLICA, EntityIds.replica(osd, file), command);
    }
  }

  /** Tells this node's participant in a cell. */
  public void tellHere(CellId cell, LeaseCommand command) {
    tell(registry.self(), cell, command);
  }

  public void tell(NodeId node, CellId cell, LeaseCommand command) {
    if (isPresent(node)) {
      send(EntityTypes.LEASE, EntityIds.lease(node, cell), command);
    }
  }

  /** Tells the node that serves the directory; lost where none is known to. */
  public void tell(DirectoryCommand command) {
    directory().ifPresent(node -> tell(node, command));
  }

  /** Tells that node's Directory, which refuses unless it serves. */
  void tell(NodeId node, DirectoryCommand command) {
    at(node, EntityTypes.DIRECTORY, directories)
        .ifPresent(d -> d.tell(new ShardingEnvelope<>(EntityIds.directory(node), command)));
  }

  /**
   * Asks the Volume that serves the partition; fails with a {@link
   * java.util.concurrent.TimeoutException}, or at once where nobody is known to serve.
   */
  public <R> CompletionStage<R> ask(
      PartitionId partition, Function<ActorRef<R>, VolumeCommand> command, Duration limit) {
    return masterOf(partition)
        .map(node -> ask(node, partition, command, limit))
        .orElseGet(() -> away("a master of partition " + partition));
  }

  /** Asks that node's Volume of the partition. */
  public <R> CompletionStage<R> ask(
      NodeId node,
      PartitionId partition,
      Function<ActorRef<R>, VolumeCommand> command,
      Duration limit) {
    return volumeAt(node)
        .<CompletionStage<R>>map(v -> request(v, EntityIds.volume(partition, node), command, limit))
        .orElseGet(() -> away("MRC " + node));
  }

  /** Asks this node's own Volume of the partition. */
  public <R> CompletionStage<R> askHere(
      PartitionId partition, Function<ActorRef<R>, VolumeCommand> command, Duration limit) {
    return ask(registry.self(), partition, command, limit);
  }

  /** Asks the File beside the Volume that serves the file's partition. */
  public <R> CompletionStage<R> ask(
      FileId file, Function<ActorRef<R>, FileCommand> command, Duration limit) {
    Optional<NodeId> master = masterOf(file.partition());
    return master
        .flatMap(this::fileAt)
        .<CompletionStage<R>>map(
            f -> request(f, EntityIds.file(file, master.get()), command, limit))
        .orElseGet(() -> away("the MRC of file " + file));
  }

  /** Asks a Replica. */
  public <R> CompletionStage<R> ask(
      OsdId osd, FileId file, Function<ActorRef<R>, ReplicaCommand> command, Duration limit) {
    return isPresent(osd.node())
        ? request(region(EntityTypes.REPLICA), EntityIds.replica(osd, file), command, limit)
        : away("OSD " + osd);
  }

  /** Asks the DIR; where another node is about to serve it, when that does. */
  public <R> CompletionStage<R> ask(
      Function<ActorRef<R>, DirectoryCommand> command, Duration limit) {
    Optional<NodeId> node = directory();
    if (node.isEmpty() && isDirectoryReplicated() && limit.compareTo(LOOK_AGAIN) > 0) {
      return later().thenCompose(waited -> ask(command, limit.minus(LOOK_AGAIN)));
    }
    return node.flatMap(n -> at(n, EntityTypes.DIRECTORY, directories))
        .<CompletionStage<R>>map(
            d -> request(d, EntityIds.directory(node.orElseThrow()), command, limit))
        .orElseGet(() -> away("the node with role dir"));
  }

  private CompletionStage<Done> later() {
    CompletableFuture<Done> waited = new CompletableFuture<>();
    system
        .scheduler()
        .scheduleOnce(LOOK_AGAIN, () -> waited.complete(Done.DONE), system.executionContext());
    return waited;
  }

  private static <R> CompletionStage<R> away(String who) {
    return CompletableFuture.failedFuture(
        new FsException(Errno.EIO, who + " is not in the cluster now"));
  }

  /** This node itself always is: while it leaves, too, its own parts need each other. */
  private boolean isPresent(NodeId node) {
    return presence.isEmpty() || presence.get().has(node) || node.equals(registry.self());
  }

  /** Which node is to be asked about a partition; empty where that is not known now. */
  public Optional<NodeId> masterOf(PartitionId partition) {
    Optional<VolumeRecord> volume = registry.view().volume(partition.volume());
    if (presence.isEmpty() && volume.isEmpty()) {
      return Optional.of(registry.self());
    }
    if (volume.isEmpty()) {
      // So new that only the DIR knows it, or gone.
      askForNewer();
      return Optional.empty();
    }
    List<NodeId> members = volume.get().members();
    return members.size() == 1
        ? Optional.of(members.getFirst())
        : masters.of(GroupIds.of(partition), members);
  }

  /** Without waiting, and not for each of many requests. */
  private void askForNewer() {
    long now = System.nanoTime();
    long last = askedForNewer.get();
    if (now - last >= LOOK_AGAIN.toNanos() && askedForNewer.compareAndSet(last, now)) {
      var unused = registry.refresh();
    }
  }

  /** Who serves which group, as far as this node has heard. */
  public Masters masters() {
    return masters;
  }

  private Optional<ActorRef<ShardingEnvelope<VolumeCommand>>> volumeAt(NodeId node) {
    return at(node, EntityTypes.VOLUME, volumes);
  }

  private Optional<ActorRef<ShardingEnvelope<FileCommand>>> fileAt(NodeId node) {
    return at(node, EntityTypes.FILE, files);
  }

  /**
   * The region of a node, asked straight: the shards that lie there need nobody's help, while the
   * coordinator may have gone with another node.
   */
  private <M> Optional<ActorRef<ShardingEnvelope<M>>> at(
      NodeId node, EntityTypeKey<M> type, Optional<NodeRoutes<ShardingEnvelope<M>>> routes) {
    if (routes.isEmpty() || node.equals(registry.self())) {
      return Optional.of(region(type));
    }
    return isPresent(node) ? routes.get().to(node) : Optional.empty();
  }

  /** Which node is to be asked for the directory; empty where that is not known now. */
  private Optional<NodeId> directory() {
    if (presence.isEmpty()) {
      return Optional.of(registry.self());
    }
    Presence.Directories present = presence.get().directories();
    return present.replicated()
        ? masters.of(GroupIds.DIRECTORY, present.nodes())
        : present.nodes().stream().findFirst();
  }

  private boolean isDirectoryReplicated() {
    return presence.isPresent() && presence.get().directories().replicated();
  }

  /** False while it is not known which of several nodes serves the directory. */
  boolean knowsDirectory() {
    return !isDirectoryReplicated() || directory().isPresent();
  }

  private <M, R> CompletionStage<R> request(
      ActorRef<ShardingEnvelope<M>> region,
      String entityId,
      Function<ActorRef<R>, ? extends M> command,
      Duration limit) {
    return Asks.ask(
        region,
        (ActorRef<R> replyTo) -> new ShardingEnvelope<M>(entityId, command.apply(replyTo)),
        limit,
        system);
  }

  /** Other nodes may have something for an entity before this one has started: it comes again. */
  private <M> void send(EntityTypeKey<M> type, String entityId, M message) {
    if (regions.containsKey(type)) {
      region(type).tell(new ShardingEnvelope<>(entityId, message));
    }
  }

  @SuppressWarnings("unchecked") // init returned the region of that type
  private <M> ActorRef<ShardingEnvelope<M>> region(EntityTypeKey<M> type) {
    return (ActorRef<ShardingEnvelope<M>>) Objects.requireNonNull(regions.get(type));
  }

  /** The shard is what stands before the bar of the entity id. */
  private static final class ByPrefix<M> extends ShardingMessageExtractor<ShardingEnvelope<M>, M> {
    @Override
    public String entityId(ShardingEnvelope<M> envelope) {
      return envelope.entityId();
    }

    @Override
    public String shardId(String entityId) {
      return EntityIds.shard(entityId);
    }

    @Override
    public M unwrapMessage(ShardingEnvelope<M> envelope) {
      return envelope.message();
    }
  }
}
