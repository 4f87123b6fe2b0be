package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three plugins under real entities, over restarts of the ActorSystem. */
final class PluginTest {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  @TempDir Path dir;
  private @Nullable ActorTestKit started;

  @BeforeEach
  void start() {
    started =
        ActorTestKit.create(
            "plugin",
            LsmPluginConfig.forDirectory(dir)
                .withFallback(
                    ConfigFactory.parseString(
                        """
                        lsm-journal.store { wal-segment-size = 1MiB, memtable-size = 2MiB, reserve = 8MiB }
                        pekko.actor {
                          serializers.text = "io.troupe.lsm.pekko.TextSerializer"
                          serialization-bindings {
                            "io.troupe.lsm.pekko.Ledger$Added" = text
                            "io.troupe.lsm.pekko.Ledger$Total" = text
                            "io.troupe.lsm.pekko.Counter$Count" = text
                          }
                        }
                        """))
                .withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stop() {
    kit().shutdownTestKit();
  }

  private void restart() {
    stop();
    start();
  }

  private ActorTestKit kit() {
    return Objects.requireNonNull(started);
  }

  private Store store() {
    return LsmStores.get(kit().system()).store();
  }

  private int add(ActorRef<Ledger.Add> ledger, String text) {
    TestProbe<Integer> probe = kit().createTestProbe(Integer.class);
    ledger.tell(new Ledger.Add(text, probe.ref()));
    return probe.receiveMessage(LIMIT);
  }

  private int size(String id) {
    return add(kit().spawn(Ledger.create(id)), "");
  }

  private List<String> values(String index, KeyRange range) {
    List<String> found = new ArrayList<>();
    try (Cursor c = store().cursor(store().index(index), range)) {
      while (c.next()) {
        found.add(new String(c.value(), StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  @Test
  void eventsAndTheirRecordsSurviveARestart() {
    ActorRef<Ledger.Add> ledger = kit().spawn(Ledger.create("a"));
    for (int i = 1; i <= 10; i++) {
      assertThat(add(ledger, "e" + i)).isEqualTo(i);
    }

    restart();

    assertThat(size("a")).isEqualTo(10);
    assertThat(values(Ledger.INDEX, KeyRange.all())).hasSize(10).contains("e1", "e10");
  }

  @Test
  void snapshotsCutTheJournalAndTheNumbersGoOn() {
    ActorRef<Ledger.Add> ledger = kit().spawn(Ledger.create("b"));
    for (int i = 1; i <= 230; i++) {
      add(ledger, "e" + i);
    }

    restart();

    ActorRef<Ledger.Add> again = kit().spawn(Ledger.create("b"));
    assertThat(add(again, "last")).isEqualTo(231);
    assertThat(values("journal.events", Keys.range("b", 0, Long.MAX_VALUE))).hasSizeLessThan(231);
  }

  @Test
  void idsThatBeginAlikeAreApart() {
    add(kit().spawn(Ledger.create("p")), "1");
    ActorRef<Ledger.Add> longer = kit().spawn(Ledger.create("pp"));
    add(longer, "2");
    add(longer, "3");

    restart();

    assertThat(size("p")).isEqualTo(1);
    assertThat(size("pp")).isEqualTo(2);
  }

  @Test
  void anEventThatCannotBeSerializedChangesNothing() {
    ActorRef<Ledger.Add> ledger = kit().spawn(Ledger.create("c"));
    add(ledger, "good");
    TestProbe<Integer> probe = kit().createTestProbe(Integer.class);

    ledger.tell(new Ledger.Add("unserializable", probe.ref()));
    probe.expectTerminated(ledger, LIMIT);

    assertThat(size("c")).isEqualTo(1);
    assertThat(values(Ledger.INDEX, KeyRange.all())).containsExactly("good");
  }

  @Test
  void aStateAndItsRecordSurviveARestart() {
    TestProbe<Integer> probe = kit().createTestProbe(Integer.class);
    ActorRef<Counter.Increment> counter = kit().spawn(Counter.create("k"));
    for (int i = 0; i < 5; i++) {
      counter.tell(new Counter.Increment(probe.ref()));
    }
    probe.receiveSeveralMessages(5, LIMIT);

    restart();

    probe = kit().createTestProbe(Integer.class);
    kit().spawn(Counter.create("k")).tell(new Counter.Increment(probe.ref()));
    probe.expectMessage(LIMIT, 6);
    byte[] record = store().get(store().index(Counter.INDEX), Counter.KEY).orElseThrow();
    assertThat(ByteBuffer.wrap(record).getInt()).isEqualTo(6);
  }

  @Test
  void aSecondWriterOfAStateIsRefused() {
    States states =
        LsmStores.get(kit().system())
            .shared(kit().system().settings().config().getConfig("lsm-journal.durable-state"))
            .states();
    states.put("s", 1, new Counter.Count(1), "").toCompletableFuture().join();

    assertThat(states.put("s", 1, new Counter.Count(9), "").toCompletableFuture())
        .failsWithin(LIMIT)
        .withThrowableThat()
        .withMessageContaining("revision");
    assertThat(states.get("s").toCompletableFuture().join().value()).contains(new Counter.Count(1));
  }

  @Test
  void aFailedStoreStopsTheWriter() {
    ActorRef<Ledger.Add> ledger = kit().spawn(Ledger.create("f"));
    add(ledger, "one");
    store().close();
    TestProbe<Integer> probe = kit().createTestProbe(Integer.class);

    ledger.tell(new Ledger.Add("two", probe.ref()));

    probe.expectTerminated(ledger, LIMIT);
  }
}
