package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.lsm.Store;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.testkit.TestProbe;
import org.apache.pekko.testkit.javadsl.TestKit;

/** An ActorSystem with its store in a directory; can be started again. */
public final class Node implements AutoCloseable {
  public static final Duration LIMIT = Duration.ofSeconds(15);

  private final Path directory;
  private final Config special;
  private ActorSystem system;

  private Node(Path directory, Config special) {
    this.directory = directory;
    this.special = special;
    this.system = start();
  }

  public static Node in(Path directory) {
    return in(directory, "");
  }

  /**
   * @param special configuration of the test
   */
  public static Node in(Path directory, String special) {
    return new Node(directory, ConfigFactory.parseString(special));
  }

  private ActorSystem start() {
    return ActorSystem.create(
        "node",
        special
            .withFallback(LsmPluginConfig.forDirectory(directory))
            .withFallback(
                ConfigFactory.parseString(
                    """
                    lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB, reserve = 8MiB }
                    pekko.persistence.publish-plugin-commands = on
                    pekko.actor {
                      allow-java-serialization = off
                      serializers.refs = "io.troupe.lsm.pekko.RefSerializer"
                      serialization-bindings {
                        "io.troupe.lsm.pekko.RefSerializer$Payload" = refs
                      }
                    }
                    """))
            .withFallback(ConfigFactory.load()));
  }

  public void restart() {
    close();
    system = start();
  }

  @Override
  public void close() {
    TestKit.shutdownActorSystem(system, scala.jdk.javaapi.DurationConverters.toScala(LIMIT), true);
  }

  public ActorSystem system() {
    return system;
  }

  public Store store() {
    return LsmStores.get(system).store();
  }

  SharedStore shared() {
    return LsmStores.get(system)
        .shared(system.settings().config().getConfig("lsm-journal.journal"));
  }

  public ActorRef journal() {
    return Persistence.get(system).journalFor("", ConfigFactory.empty());
  }

  public ActorRef snapshots() {
    return Persistence.get(system).snapshotStoreFor("", ConfigFactory.empty());
  }

  public TestProbe probe() {
    return new TestProbe(system);
  }
}
