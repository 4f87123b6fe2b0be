package io.troupe.node.runtime;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.carry.CarryingThread;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.stream.StreamSettings;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.fuse.FuseMount;
import io.troupe.fuse.FuseSettings;
import io.troupe.gateway.client.TroupeClient;
import io.troupe.gateway.fs.VolumeFileSystem;
import io.troupe.gateway.relay.GatewayActor;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.mrc.MrcRole;
import io.troupe.node.config.ConfigurationException;
import io.troupe.osd.OsdRole;
import io.troupe.sharding.ClusterNode;
import io.troupe.sharding.ClusterSettings;
import io.troupe.sharding.DirectoryRole;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Hosting;
import io.troupe.sharding.Registry;
import io.troupe.sharding.directory.DirectoryReplicas;
import io.troupe.sharding.group.Groups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. Started in the order in which its parts need each other, stopped in the reverse:
 * mounts first, so that what they still write finds everything else there.
 */
public final class NodeRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
  private static final Duration READY_LIMIT = Duration.ofSeconds(30);
  private static final Duration FOREVER = Duration.ofDays(10_000);

  private final DataDirectory data;
  private final NodeOptions options;
  private final ActorSystem<SpawnProtocol.Command> system;
  private final Optional<OsdRole> osd;
  private final Optional<TroupeClient> client;
  private final Deque<FuseMount> mounts = new ArrayDeque<>();
  private volatile Runnable onEnd = () -> {};

  private NodeRuntime(
      DataDirectory data,
      NodeOptions options,
      ActorSystem<SpawnProtocol.Command> system,
      Optional<OsdRole> osd,
      Optional<TroupeClient> client) {
    this.data = data;
    this.options = options;
    this.system = system;
    this.osd = osd;
    this.client = client;
    system.getWhenTerminated().thenRun(() -> onEnd.run());
  }

  /**
   * Starts the roles and returns when the node is registered.
   *
   * @throws IOException if the data directory cannot be used
   * @throws IllegalStateException if the node cannot join, or the DIR does not answer
   */
  public static NodeRuntime start(NodeOptions options) throws IOException, InterruptedException {
    DataDirectory data = DataDirectory.open(options.data());
    try {
      return start(options, data);
    } catch (IOException | InterruptedException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  private static NodeRuntime start(NodeOptions options, DataDirectory data)
      throws IOException, InterruptedException {
    Config config = withStore(options.config(), data);
    checkDirectory(config);
    Peers peers = new Peers(data.root().resolve("peers"));
    ActorSystem<SpawnProtocol.Command> system =
        ClusterNode.start(
            new ClusterSettings(
                config.getString("troupe.node.host"),
                config.getInt("troupe.node.port"),
                data.node(),
                options.roles(),
                options.seeds(),
                peers.read(),
                config),
            config.getDuration("troupe.node.join-timeout"));
    try {
      return started(options, data, config, peers, system);
    } catch (IOException | InterruptedException | RuntimeException e) {
      system.terminate();
      throw e;
    }
  }

  private static NodeRuntime started(
      NodeOptions options,
      DataDirectory data,
      Config config,
      Peers peers,
      ActorSystem<SpawnProtocol.Command> system)
      throws IOException, InterruptedException {
    LsmStores.get(system).store().setVolunteers(CarryingThread::takeLast);
    Optional<OsdRole> osd =
        options.roles().contains(Role.OSD)
            ? Optional.of(OsdRole.open(system, data.objects(), OsdId.of(data.node())))
            : Optional.empty();
    DirectoryRole directory = new DirectoryRole(system);
    List<Hosting<?>> hostings = new ArrayList<>();
    if (options.roles().contains(Role.DIR)) {
      hostings.add(directory.hosting());
    }
    Optional<MrcRole> mrc =
        options.roles().contains(Role.MRC) ? Optional.of(new MrcRole(system)) : Optional.empty();
    mrc.ifPresent(m -> hostings.addAll(m.hostings()));
    osd.ifPresent(o -> hostings.add(o.hosting()));
    AtomicReference<@Nullable StreamEndpoint> endpoint = new AtomicReference<>();
    Entities all =
        Entities.start(
            system,
            data.node(),
            () -> describe(options, data, system, osd, Optional.ofNullable(endpoint.get())),
            hostings);
    directory.started(all);
    Groups groups = Groups.start(system, data.node(), all, LsmStores.get(system).store());
    boolean keepsDirectory = directory.isReplicated() && options.roles().contains(Role.DIR);
    if (keepsDirectory) {
      // Without a limit: a cluster that begins waits for people to start the other nodes.
      awaitEnd(directory.takePart(all, groups));
    }
    mrc.ifPresent(m -> m.started(all, groups));
    osd.ifPresent(
        o ->
            endpoint.set(
                o.serve(
                    all,
                    StreamSettings.of(config.getConfig("troupe.stream")),
                    config.getString("troupe.node.host"))));
    Optional<TroupeClient> client = Optional.empty();
    // It costs nothing, so that the command line can talk to whichever node it knows.
    system.systemActorOf(GatewayActor.create(all), GatewayActor.NAME, Props.empty());
    if (options.roles().contains(Role.GATEWAY)) {
      client = Optional.of(TroupeClient.inProcess(system, all));
    }
    // After an outage of all, too, it waits for people to start a majority.
    awaitRegistered(system, data.node(), osd.isPresent(), keepsDirectory ? FOREVER : READY_LIMIT);
    peers.follow(Cluster.get(system.classicSystem()));
    LOG.info(
        "node={} roles={} address={} event=started",
        data.node(),
        options.roles(),
        ClusterNode.addressOf(system));
    return new NodeRuntime(data, options, system, osd, client);
  }

  /** The store's sizes follow the disk: a small one must not be filled by empty log segments. */
  private static Config withStore(Config config, DataDirectory data) throws IOException {
    Map<String, Object> decided = new HashMap<>();
    decided.put("lsm-journal.directory", data.lsm().toString());
    // Of all that is in the store only the MRC's changes wait for an interval.
    decided.put("lsm-journal.store.sync-interval", syncInterval(config.getConfig("troupe.mrc")));
    long disk = java.nio.file.Files.getFileStore(data.root()).getTotalSpace();
    if (disk < 8L << 30) {
      decided.put("lsm-journal.store.wal-segment-size", "1MiB");
      decided.put("lsm-journal.store.memtable-size", "4MiB");
      decided.put("lsm-journal.store.table-size", "2MiB");
      decided.put("lsm-journal.store.reserve", Long.toString(Math.max(8L << 20, disk / 12)));
    }
    return ConfigFactory.parseMap(decided).withFallback(config);
  }

  /** A wrong number is told before anything is started. */
  private static void checkDirectory(Config config) {
    try {
      var unused = DirectoryReplicas.of(config);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Looks at both keys on each node, since gateways count on the MRCs' setting, too. */
  private static Duration syncInterval(Config mrc) {
    try {
      MetadataDurability durability = MetadataDurability.of(mrc);
      Duration interval = MetadataDurability.syncInterval(mrc);
      LOG.debug("durability={} interval={}", durability, interval);
      return interval;
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private static ServiceRecord describe(
      NodeOptions options,
      DataDirectory data,
      ActorSystem<?> system,
      Optional<OsdRole> osd,
      Optional<StreamEndpoint> endpoint) {
    try {
      var disk = java.nio.file.Files.getFileStore(data.root());
      long capacity = osd.isPresent() ? osd.get().capacityBytes() : disk.getTotalSpace();
      long free = osd.isPresent() ? osd.get().freeBytes() : disk.getUsableSpace();
      // An OSD without its stream is none yet.
      List<Role> roles =
          options.roles().stream()
              .filter(r -> r != Role.OSD || endpoint.isPresent())
              .sorted()
              .toList();
      return new ServiceRecord(
          data.node(), roles, ClusterNode.addressOf(system), endpoint, capacity, free);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell the free space of " + data.root(), e);
    }
  }

  private static void awaitEnd(CompletionStage<?> stage) throws InterruptedException {
    try {
      stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
  }

  private static void awaitRegistered(
      ActorSystem<?> system, NodeId node, boolean withStream, Duration limit)
      throws InterruptedException {
    Registry registry = Registry.get(system);
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      boolean known =
          registry
              .view()
              .service(node)
              .filter(s -> s.online() && (!withStream || s.record().stream().isPresent()))
              .isPresent();
      if (known) {
        return;
      }
      try {
        registry.refresh().toCompletableFuture().get(200, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        // Asked again until the limit.
      }
    }
    throw new IllegalStateException(
        "the DIR did not answer within "
            + limit.toSeconds()
            + " s; is a node with role dir running in this cluster?");
  }

  public NodeId node() {
    return data.node();
  }

  public String address() {
    return ClusterNode.addressOf(system);
  }

  /** Called once when the node has ended by itself, or its last mount is gone. */
  public void onEnd(Runnable action) {
    onEnd = action;
  }

  /**
   * The node's own client; ends with it.
   *
   * @throws IllegalStateException if the node has no role gateway
   */
  public TroupeClient client() {
    return client.orElseThrow(() -> new IllegalStateException("this node has no role gateway"));
  }

  /** Makes a volume with the defaults unless there is one of that name. */
  public void makeVolumeIfMissing(String name) throws InterruptedException {
    if (Registry.get(system).view().volume(name).isPresent()) {
      return;
    }
    Config c = options.config().getConfig("troupe.volume");
    StripingPolicy striping =
        new StripingPolicy(Math.toIntExact(c.getBytes("object-size")), c.getInt("width"));
    try {
      await(
          client()
              .createVolume(
                  name, new VolumePolicy(striping, 0755, 0, 0), c.getInt("metadata-replicas")));
    } catch (FsException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }

  /** Mounts a volume on a directory, until the node stops or somebody unmounts it. */
  public void mount(String volume, Path directory) throws IOException, InterruptedException {
    VolumeFileSystem fs = await(client().openFileSystem(volume));
    FuseSettings settings = FuseSettings.parse(options.config().getConfig("troupe.fuse"), volume);
    FuseMount mount;
    try {
      mount = FuseMount.mount(fs, directory, settings);
    } catch (IOException | RuntimeException e) {
      fs.close();
      throw e;
    }
    mounts.push(mount);
    var unused =
        mount
            .onUnmounted()
            .thenRun(
                () -> {
                  fs.close();
                  LOG.info("mount={} event=unmounted", directory);
                });
  }

  /** Ends the node, too, when nothing is mounted any more. */
  public void endWhenUnmounted() {
    var unused =
        CompletableFuture.allOf(
                mounts.stream()
                    .map(m -> m.onUnmounted().toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new))
            .whenComplete((nothing, failure) -> onEnd.run());
  }

  private static <T> T await(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(READY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | CompletionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + READY_LIMIT.toSeconds() + " s", e);
    }
  }

  @Override
  public void close() {
    onEnd = () -> {};
    while (!mounts.isEmpty()) {
      try {
        mounts.pop().close();
      } catch (IOException e) {
        LOG.warn("event=unmount-failed", e);
      }
    }
    client.ifPresent(TroupeClient::close);
    osd.ifPresent(OsdRole::stopServing);
    try {
      if (!ClusterNode.stop(system, STOP_LIMIT)) {
        LOG.warn("node={} event=stop-incomplete", data.node());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      if (osd.isPresent()) {
        osd.get().close();
      }
      data.close();
    } catch (IOException e) {
      LOG.warn("node={} event=close-failed", data.node(), e);
    }
    LOG.info("node={} event=stopped", data.node());
  }
}
