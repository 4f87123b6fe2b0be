package io.troupe.mrc;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.ViewVersion;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.LsmPluginConfig;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.sharding.Registry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The ActorSystem of a node with the real persistence plugins over a directory. Its timers move
 * only when the test says so.
 */
public final class TestNode implements AutoCloseable {
  public static final NodeId SELF = new NodeId(new UUID(1, 1));

  /** For what has to happen: never waited for unless it does not. */
  public static final Duration LIMIT = Duration.ofSeconds(15);

  private final ActorTestKit kit;
  private final ManualTime time;
  private long views;

  private TestNode(ActorTestKit kit) {
    this.kit = kit;
    this.time = ManualTime.get(kit.system());
  }

  public static TestNode start(Path directory) {
    return start(directory, "");
  }

  /** With more of the configuration than a small store. */
  public static TestNode start(Path directory, String more) {
    Config small =
        ConfigFactory.parseString(
            "lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB, reserve = 8MiB }");
    return new TestNode(
        ActorTestKit.create(
            "mrc",
            ManualTime.config()
                .withFallback(ConfigFactory.parseString(more))
                .withFallback(LsmPluginConfig.forDirectory(directory))
                .withFallback(small)
                .withFallback(ConfigFactory.load())));
  }

  public ActorTestKit kit() {
    return kit;
  }

  public ActorSystem<?> system() {
    return kit.system();
  }

  public Store store() {
    return LsmStores.get(kit.system()).store();
  }

  public <M> TestProbe<M> probe() {
    return kit.createTestProbe();
  }

  public void pass(Duration duration) {
    time.timePasses(duration);
  }

  /** Stops an actor and waits until it has. */
  public void kill(ActorRef<?> actor) {
    kit.stop(actor, LIMIT);
  }

  /** What the registry shows: these OSDs online, and no others known. */
  public void online(OsdId... osds) {
    List<ServiceStatus> services =
        Arrays.stream(osds)
            .map(
                o ->
                    new ServiceStatus(
                        new ServiceRecord(
                            o.node(),
                            List.of(Role.OSD),
                            "127.0.0.1:1",
                            Optional.empty(),
                            1L << 40,
                            1L << 40),
                        true,
                        0))
            .toList();
    ViewVersion next = new ViewVersion(1, ++views);
    Registry.get(kit.system()).publish(new DirectoryView(next, services, List.of()));
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
