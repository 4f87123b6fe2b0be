package io.troupe.gateway.client;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.stream.ObjectStreamClient;
import io.troupe.actors.stream.StreamSettings;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.gateway.GatewaySettings;
import io.troupe.gateway.fs.VolumeFileSystem;
import io.troupe.gateway.io.BoundedIo;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.io.StreamedIo;
import io.troupe.gateway.io.StripedIo;
import io.troupe.gateway.io.Timer;
import io.troupe.gateway.ports.ClusterPort;
import io.troupe.gateway.ports.GatewayLink;
import io.troupe.gateway.ports.MemberPort;
import io.troupe.gateway.ports.Mrc;
import io.troupe.gateway.ports.OutsidePort;
import io.troupe.gateway.relay.GatewayActor;
import io.troupe.gateway.relay.RelayCommand;
import io.troupe.gateway.session.Session;
import io.troupe.sharding.ClusterNode;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Registry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * A client of a Troupe cluster: makes, lists and opens volumes. Asynchronous and thread-safe;
 * stages fail with an {@link FsException} that names the error and the thing.
 *
 * <p>It belongs to a node's process, or {@linkplain #connect connects} from outside without
 * becoming a member of the cluster. File content goes straight between this process and the OSDs.
 */
public final class TroupeClient implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private final ActorSystem<?> system;
  private final boolean ownsSystem;
  private final ClusterPort cluster;
  private final ObjectStreamClient streams;
  private final Mrc mrc;
  private final Patience patience;
  private final StripedIo io;

  /** With a session each. */
  private final Map<VolumeFileSystem, ActorRef<SessionEvent>> open = new ConcurrentHashMap<>();

  private final org.apache.pekko.actor.Cancellable reporter;

  private TroupeClient(
      ActorSystem<?> system, boolean ownsSystem, ClusterPort cluster, GatewaySettings settings) {
    MetadataDurability durability =
        MetadataDurability.of(system.settings().config().getConfig("troupe.mrc"));
    this.system = system;
    this.ownsSystem = ownsSystem;
    this.cluster = cluster;
    this.streams =
        ObjectStreamClient.startBesideServers(
            StreamSettings.of(system.settings().config().getConfig("troupe.stream")));
    this.mrc =
        new Mrc(cluster, new Patience(Timer.of(system), settings.metadataTimeout()), durability);
    this.patience = new Patience(Timer.of(system), settings.requestTimeout());
    this.io = new StripedIo(new BoundedIo(new StreamedIo(cluster, streams), patience));
    boolean started = false;
    try {
      this.reporter =
          system
              .scheduler()
              .scheduleAtFixedRate(
                  settings.reportInterval(),
                  settings.reportInterval(),
                  this::tick,
                  system.executionContext());
      started = true;
    } finally {
      if (!started) {
        streams.close();
      }
    }
  }

  /** A client in the process of a node. Closing it leaves the node alone. */
  public static TroupeClient inProcess(ActorSystem<?> node, Entities entities) {
    GatewaySettings settings =
        GatewaySettings.of(node.settings().config().getConfig("troupe.gateway"));
    return new TroupeClient(
        node,
        false,
        new MemberPort(
            entities,
            Registry.get(node),
            settings.metadataAttempt(),
            settings.requestTimeout(),
            settings.volumeTimeout()),
        settings);
  }

  /**
   * Connects from outside of the cluster. While the node is away, requests fail with EIO; when it
   * is back, they work again.
   *
   * @param address {@code host:port} of a node; it has to be able to connect back
   * @param config of Troupe, complete: the defaults of {@code application.conf} with what is
   *     overridden
   * @throws FsException EIO where no node answers within 10 s
   * @throws IllegalArgumentException where a setting is out of its range
   */
  public static TroupeClient connect(String address, Config config) {
    GatewaySettings settings = GatewaySettings.of(config.getConfig("troupe.gateway"));
    Config outside =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.actor.provider",
                    "remote",
                    "pekko.remote.artery.canonical.hostname",
                    settings.clientHost(),
                    "pekko.remote.artery.canonical.port",
                    0))
            .withFallback(config);
    ActorSystem<SpawnProtocol.Command> system =
        ActorSystem.create(SpawnProtocol.create(), ClusterNode.SYSTEM, outside);
    boolean connected = false;
    try {
      OutsidePort port =
          new OutsidePort(
              system,
              link(system, address, settings.requestTimeout()),
              settings.metadataAttempt(),
              settings.requestTimeout(),
              settings.volumeTimeout());
      port.refresh().toCompletableFuture().get(CONNECT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      TroupeClient client = new TroupeClient(system, true, port, settings);
      connected = true;
      return client;
    } catch (ExecutionException | TimeoutException e) {
      throw new FsException(Errno.EIO, "no node answers at " + address + "; is one running there?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FsException(Errno.EINTR, "interrupted while connecting to " + address);
    } finally {
      if (!connected) {
        system.terminate();
      }
    }
  }

  private static GatewayLink link(ActorSystem<?> system, String address, Duration limit) {
    ActorPath path =
        org.apache.pekko.actor.RootActorPath.apply(ClusterNode.address(address), "/")
            .child("system")
            .child(GatewayActor.NAME);
    ActorSelection selection = Adapter.toClassic(system).actorSelection(path);
    return new GatewayLink(
        address, () -> selection.resolveOne(limit).thenApply(Adapter::<RelayCommand>toTyped));
  }

  private void tick() {
    DirectoryView view = cluster.view();
    open.forEach(
        (fs, session) -> {
          if (fs.isDone() || isRemoved(view, fs.volume())) {
            open.remove(fs);
            end(session);
          } else {
            fs.report();
          }
        });
    if (ownsSystem) {
      cluster.refresh().exceptionally(e -> DirectoryView.EMPTY).thenAccept(v -> {});
    }
  }

  private static boolean isRemoved(DirectoryView view, VolumeId volume) {
    return !view.equals(DirectoryView.EMPTY)
        && view.volumes().stream().noneMatch(v -> v.id().equals(volume));
  }

  /**
   * Moves to the common pool: the stage completes on a thread of an actor or of a stream, and an
   * application may wait in what it does next.
   */
  static <T> CompletionStage<T> unwrap(CompletionStage<Result<T>> stage) {
    return stage.thenApplyAsync(Result::orThrow);
  }

  /** Makes a volume; EEXIST where there is one of that name. */
  public CompletionStage<VolumeRecord> createVolume(String name, StripingPolicy striping) {
    return createVolume(name, new VolumePolicy(striping, 0755, 0, 0));
  }

  /**
   * Makes a volume with a root directory of the policy's owner and mode; its metadata on one MRC.
   */
  public CompletionStage<VolumeRecord> createVolume(String name, VolumePolicy policy) {
    return createVolume(name, policy, 1);
  }

  /**
   * Makes a volume.
   *
   * @param metadataReplicas on how many MRCs its metadata are kept; it goes on while a majority of
   *     them is there. EINVAL where there are not so many
   */
  public CompletionStage<VolumeRecord> createVolume(
      String name, VolumePolicy policy, int metadataReplicas) {
    CompletionStage<Result<VolumeRecord>> s =
        cluster.askDirectory(
            r -> new DirectoryCommand.CreateVolume(name, policy, metadataReplicas, r));
    return unwrap(s);
  }

  /** Removes a volume with everything in it; ENOENT where there is none. */
  public CompletionStage<Done> removeVolume(String name) {
    CompletionStage<Result<Done>> s =
        cluster.askDirectory(r -> new DirectoryCommand.RemoveVolume(name, r));
    return unwrap(s);
  }

  public CompletionStage<List<VolumeRecord>> volumes() {
    return cluster.refresh().thenApplyAsync(DirectoryView::volumes);
  }

  /** All nodes and volumes as the DIR knows them now. */
  public CompletionStage<DirectoryView> status() {
    return cluster.refresh().thenApplyAsync(view -> view);
  }

  /** Opens a volume by name, to be closed again; ENOENT where there is none. */
  public CompletionStage<TroupeVolume> openVolume(String name) {
    return openFileSystem(name).thenApply(fs -> new TroupeVolume(name, fs));
  }

  /** The same as a file system of inodes, as the FUSE bridge serves it. */
  public CompletionStage<VolumeFileSystem> openFileSystem(String name) {
    return cluster
        .refresh()
        .thenComposeAsync(
            view ->
                view.volume(name)
                    .filter(v -> v.state() == VolumeRecord.State.ACTIVE)
                    .map(v -> CompletableFuture.completedFuture(fileSystem(v)))
                    .orElseGet(
                        () ->
                            CompletableFuture.failedFuture(
                                new FsException(Errno.ENOENT, "no volume " + name))));
  }

  private VolumeFileSystem fileSystem(VolumeRecord v) {
    ActorRef<SessionEvent> session =
        system.systemActorOf(Session.create(), "session-" + UUID.randomUUID(), Props.empty());
    VolumeFileSystem fs =
        new VolumeFileSystem(v.id(), cluster, mrc, io, patience, session, Clock.systemUTC());
    open.put(fs, session);
    return fs;
  }

  /** With a session goes what it has open at the MRC. */
  private void end(ActorRef<SessionEvent> session) {
    Adapter.toClassic(system).stop(Adapter.toClassic(session));
  }

  /** Gives everything back; what was written and not flushed may be lost. */
  @Override
  public void close() {
    reporter.cancel();
    open.forEach(
        (fs, session) -> {
          fs.giveUp();
          end(session);
        });
    streams.close();
    if (ownsSystem) {
      system.terminate();
      try {
        system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        system.log().warn("event=terminate-timeout");
      }
    }
  }
}
