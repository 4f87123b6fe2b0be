package io.troupe.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.lsm.pekko.LsmPluginConfig;
import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The participant over the real store. */
final class LeaseEntityTest {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final CellId CELL = new CellId("cell");

  private static final NodeId SELF = new NodeId(new UUID(0, 1));

  private static final LeasePeers NOBODY =
      new LeasePeers() {
        @Override
        public void send(NodeId to, LeaseBatch batch) {
          throw new AssertionError(batch);
        }

        @Override
        public void wake(CellId cell) {
          throw new AssertionError(cell);
        }
      };

  @TempDir Path dir;
  private Clock clock = Clock.systemUTC();
  private ActorTestKit kit;
  private ActorRef<LeaseCommand> participant;

  @BeforeEach
  void start() {
    kit =
        ActorTestKit.create(
            "lease",
            LsmPluginConfig.forDirectory(dir)
                .withFallback(
                    ConfigFactory.parseString(
                        "lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB,"
                            + " reserve = 8MiB }"))
                .withFallback(ConfigFactory.load()));
    LeaseSettings settings =
        LeaseSettings.of(
            ConfigFactory.parseFile(new File("../application.conf")).getConfig("troupe.lease"));
    ActorRef<LeaseNodeCommand> leases =
        kit.spawn(LeaseNodeActor.create(SELF, settings, NOBODY, clock, () -> 1));
    participant = kit.spawn(LeaseEntity.create("node|cell", CELL, leases));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private Epoch acquire() {
    TestProbe<LeaseReply> probe = kit.createTestProbe(LeaseReply.class);
    participant.tell(new LeaseCommand.Acquire(CELL, Duration.ofMinutes(1), probe.ref()));
    return probe.expectMessageClass(LeaseReply.Granted.class, LIMIT).epoch();
  }

  @Test
  void aRestartWinsUnderAHigherEpochEvenWhereTheClockWentBack() {
    Epoch first = acquire();
    assertThat(acquire()).isEqualTo(first);

    stop();
    clock = Clock.offset(clock, Duration.ofDays(-1));
    start();

    assertThat(acquire()).isEqualTo(first.next());
  }

  @Test
  void onlyTheReleaseOfThisEpochEndsTheLease() {
    Epoch first = acquire();
    participant.tell(new LeaseCommand.Release(CELL, first));
    Epoch second = acquire();
    assertThat(second).isGreaterThan(first);

    participant.tell(new LeaseCommand.Release(CELL, first));

    assertThat(acquire()).isEqualTo(second);
  }
}
