package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.persistence.DeleteSnapshotSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.testkit.TestProbe;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.DurationConverters;
import scala.jdk.javaapi.OptionConverters;

/** What Pekko asks of a snapshot store. Each test has snapshots 11 to 15, of times 1011 to 1015. */
final class SnapshotContractTest {
  private static final long MAX = Long.MAX_VALUE;

  private static @Nullable Node started;
  private @Nullable TestProbe asking;
  private String id = "";
  private final List<SnapshotMetadata> saved = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path directory) {
    started = Node.in(directory);
  }

  @AfterAll
  static void stop() {
    node().close();
  }

  @BeforeEach
  void saveFive(TestInfo test) {
    asking = node().probe();
    id = test.getDisplayName();
    // Not by message: then the time would be that of the clock.
    var config = node().system().settings().config().getConfig("lsm-journal.snapshot-store");
    Snapshots snapshots = LsmStores.get(node().system()).shared(config).snapshots();
    for (int n = 11; n <= 15; n++) {
      SnapshotMetadata metadata = new SnapshotMetadata(id, n, 1000 + n);
      Pulled.await(snapshots.save(metadata, "s-" + n));
      saved.add(metadata);
    }
  }

  private static Node node() {
    return Objects.requireNonNull(started);
  }

  private TestProbe probe() {
    return Objects.requireNonNull(asking);
  }

  private <T> T ask(Object message, Class<T> answer) {
    node().snapshots().tell(message, probe().ref());
    return probe().expectMsgClass(DurationConverters.toScala(Node.LIMIT), answer);
  }

  private SnapshotMetadata save(SnapshotMetadata metadata, Object snapshot) {
    return ask(new SnapshotProtocol.SaveSnapshot(metadata, snapshot), SaveSnapshotSuccess.class)
        .metadata();
  }

  private Optional<SelectedSnapshot> load(SnapshotSelectionCriteria criteria, long to) {
    return load(id, criteria, to);
  }

  private Optional<SelectedSnapshot> load(String of, SnapshotSelectionCriteria criteria, long to) {
    var result =
        ask(
            new SnapshotProtocol.LoadSnapshot(of, criteria, to),
            SnapshotProtocol.LoadSnapshotResult.class);
    assertThat(result.toSequenceNr()).isEqualTo(to);
    return OptionConverters.toJava(result.snapshot());
  }

  private Optional<Object> content(SnapshotSelectionCriteria criteria) {
    return load(criteria, MAX).map(SelectedSnapshot::snapshot);
  }

  private static SnapshotSelectionCriteria upTo(long number, long timestamp) {
    return new SnapshotSelectionCriteria(number, timestamp, 0, 0);
  }

  @Test
  void hasNothingOfOthers() {
    for (String other : List.of(id + "x", id.substring(1), "x")) {
      assertThat(load(other, SnapshotSelectionCriteria.latest(), MAX)).isEmpty();
    }
  }

  @Test
  void loadsTheNewestThatMatches() {
    assertThat(load(SnapshotSelectionCriteria.latest(), MAX))
        .contains(new SelectedSnapshot(saved.get(4), "s-15"));
    assertThat(content(upTo(13, MAX))).contains("s-13");
    assertThat(load(SnapshotSelectionCriteria.latest(), 13).map(SelectedSnapshot::snapshot))
        .contains("s-13");
    assertThat(content(upTo(13, 1013))).contains("s-13");
    assertThat(content(upTo(MAX, 1012))).contains("s-12");
    assertThat(content(new SnapshotSelectionCriteria(MAX, MAX, 15, 1015))).contains("s-15");
  }

  @Test
  void loadsNothingWhenNothingMatches() {
    assertThat(content(upTo(MAX, 100))).isEmpty();
    assertThat(content(upTo(7, MAX))).isEmpty();
    assertThat(load(SnapshotSelectionCriteria.latest(), 7)).isEmpty();
    assertThat(content(new SnapshotSelectionCriteria(MAX, MAX, 16, 0))).isEmpty();
    assertThat(content(new SnapshotSelectionCriteria(MAX, MAX, 0, 1016))).isEmpty();
    assertThat(content(SnapshotSelectionCriteria.none())).isEmpty();
    assertThat(content(new SnapshotSelectionCriteria(12, MAX, 14, 0))).isEmpty();
  }

  @Test
  void deletesOneByItsNumber() {
    SnapshotMetadata one = new SnapshotMetadata(id, 13, 0);

    assertThat(
            ask(new SnapshotProtocol.DeleteSnapshot(one), DeleteSnapshotSuccess.class).metadata())
        .isEqualTo(one);

    assertThat(content(upTo(13, MAX))).contains("s-12");
    assertThat(content(upTo(14, MAX))).contains("s-14");
  }

  @Test
  void doesNotDeleteAnotherOfThatNumber() {
    ask(
        new SnapshotProtocol.DeleteSnapshot(new SnapshotMetadata(id, 13, 999)),
        DeleteSnapshotSuccess.class);

    assertThat(content(upTo(13, MAX))).contains("s-13");
  }

  @Test
  void deletesWhatMatches() {
    ask(new SnapshotProtocol.DeleteSnapshots(id, upTo(13, 1012)), DeleteSnapshotsSuccess.class);

    assertThat(content(upTo(12, MAX))).isEmpty();
    assertThat(content(upTo(13, MAX))).contains("s-13");

    ask(
        new SnapshotProtocol.DeleteSnapshots(id, new SnapshotSelectionCriteria(MAX, MAX, 14, 0)),
        DeleteSnapshotsSuccess.class);
    assertThat(content(SnapshotSelectionCriteria.latest())).contains("s-13");
  }

  @Test
  void deletesMoreThanFitsIntoOneBatch() {
    for (int n = 100; n < 2_200; n++) {
      node()
          .snapshots()
          .tell(
              new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(id, n, 0), "s"),
              probe().ref());
    }
    for (int n = 100; n < 2_200; n++) {
      probe().expectMsgClass(DurationConverters.toScala(Node.LIMIT), SaveSnapshotSuccess.class);
    }

    ask(new SnapshotProtocol.DeleteSnapshots(id, upTo(2_198, MAX)), DeleteSnapshotsSuccess.class);

    assertThat(content(upTo(2_198, MAX))).isEmpty();
    assertThat(content(SnapshotSelectionCriteria.latest())).contains("s");
  }

  @Test
  void replacesASnapshotOfTheSameNumber() {
    SnapshotMetadata changed = save(new SnapshotMetadata(id, 15, 0), "changed");

    SelectedSnapshot found = load(upTo(15, MAX), MAX).orElseThrow();

    assertThat(found.snapshot()).isEqualTo("changed");
    assertThat(found.metadata()).isEqualTo(changed);
    assertThat(changed.timestamp()).isGreaterThan(1015);
  }

  @Test
  void keepsLargeSnapshots() {
    for (int mib : new int[] {1, 5, 15}) {
      String large = Integer.toString(mib).repeat((mib << 20) / Integer.toString(mib).length());
      save(new SnapshotMetadata(id, 100, 0), large);

      assertThat(content(SnapshotSelectionCriteria.latest()).equals(Optional.of(large))).isTrue();
    }
  }

  @Test
  void refusesWhatIsTooLargeOrCannotBeSerialized() {
    for (Object bad : List.of("x".repeat(17 << 20), new Object())) {
      var failure =
          ask(
              new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(id, 100, 0), bad),
              SaveSnapshotFailure.class);

      assertThat(failure.metadata().sequenceNr()).isEqualTo(100);
      assertThat(content(SnapshotSelectionCriteria.latest())).contains("s-15");
    }
  }

  @Test
  void serializesReferencesToActors() {
    var payload = new RefSerializer.Payload(probe().ref());
    save(new SnapshotMetadata(id, 100, 0), payload);

    assertThat(content(SnapshotSelectionCriteria.latest())).contains(payload);
  }

  @Test
  void keepsMetadata() {
    save(new SnapshotMetadata(id, 100, 7).withMetadata("meta"), "snapshot");

    SnapshotMetadata found = load(SnapshotSelectionCriteria.latest(), MAX).orElseThrow().metadata();

    assertThat(found.metadata().get()).isEqualTo("meta");
    assertThat(load(upTo(15, MAX), MAX).orElseThrow().metadata().metadata().isEmpty()).isTrue();
  }
}
