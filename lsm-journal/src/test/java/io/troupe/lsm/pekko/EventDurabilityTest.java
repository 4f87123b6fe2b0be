package io.troupe.lsm.pekko;

import static io.troupe.lsm.pekko.JournalProbe.atomic;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which writes wait for a sync. */
final class EventDurabilityTest {
  private static final String NOTES =
      """
      lsm-journal { query-index = %s, store.sync-interval = 1h }
      pekko.actor {
        serializers.notes = "io.troupe.lsm.pekko.EventDurabilityTest$Notes"
        serialization-bindings { "io.troupe.lsm.pekko.EventDurabilityTest$Note" = notes }
      }
      """;

  @TempDir Path directory;
  private final AtomicInteger number = new AtomicInteger();

  /** An event that is content with less than a sync, or not. Public for Pekko. */
  public record Note(Durability durability) implements RecordedEvent {
    @Override
    public List<RecordChange> changes() {
      byte[] key = durability.name().getBytes(StandardCharsets.UTF_8);
      return List.of(RecordChange.put("test.notes", key, key));
    }
  }

  /** Public for Pekko to make it. */
  public static final class Notes extends SerializerWithStringManifest {
    @Override
    public int identifier() {
      return 99_003;
    }

    @Override
    public String manifest(Object o) {
      return "note";
    }

    @Override
    public byte[] toBinary(Object o) {
      return ((Note) o).durability().name().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
      return new Note(Durability.valueOf(new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  private static List<Note> notes(Durability... durabilities) {
    return Arrays.stream(durabilities).map(Note::new).toList();
  }

  /** How often the log is synced for a write; an event is a string or a note. */
  private long syncsOf(Node node, JournalProbe probe, List<?>... writes) {
    long before = node.store().stats().syncs();
    List<AtomicWrite> atomic =
        Arrays.stream(writes)
            .map(
                events ->
                    atomic(
                        IntStream.range(0, events.size())
                            .mapToObj(i -> probe.event(number.incrementAndGet(), events.get(i)))
                            .toArray(org.apache.pekko.persistence.PersistentRepr[]::new)))
            .toList();
    probe.writeAll(atomic);
    return node.store().stats().syncs() - before;
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void theStrictestOfTheEventsWrittenTogetherCounts(String indexed) {
    try (Node node = Node.in(directory, NOTES.formatted(indexed))) {
      JournalProbe p = new JournalProbe(node, "p");

      assertThat(syncsOf(node, p, List.of("text"))).as("no RecordedEvent").isEqualTo(1);
      assertThat(syncsOf(node, new JournalProbe(node, "p"), notes(Durability.INTERVAL))).isZero();
      assertThat(syncsOf(node, new JournalProbe(node, "p"), notes(Durability.OS))).isZero();
      assertThat(syncsOf(node, new JournalProbe(node, "p"), notes(Durability.SYNC))).isEqualTo(1);
      assertThat(
              syncsOf(
                  node,
                  new JournalProbe(node, "p"),
                  notes(Durability.INTERVAL, Durability.SYNC, Durability.OS)))
          .as("one atomic write")
          .isEqualTo(1);
      assertThat(
              syncsOf(
                  node,
                  new JournalProbe(node, "p"),
                  notes(Durability.OS),
                  notes(Durability.SYNC),
                  notes(Durability.INTERVAL)))
          .as("atomic writes of one id")
          .isEqualTo(1);
      assertThat(
              syncsOf(
                  node, new JournalProbe(node, "p"), notes(Durability.INTERVAL), List.of("text")))
          .as("beside an event that says nothing")
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void whatIsNotSyncedSurvivesTheEndOfTheSystemAllTheSame(String indexed) {
    try (Node node = Node.in(directory, NOTES.formatted(indexed))) {
      syncsOf(node, new JournalProbe(node, "p"), notes(Durability.INTERVAL, Durability.OS));
      node.restart();

      assertThat(new JournalProbe(node, "p").replay().payloads())
          .containsExactlyElementsOf(notes(Durability.INTERVAL, Durability.OS));
    }
  }
}
