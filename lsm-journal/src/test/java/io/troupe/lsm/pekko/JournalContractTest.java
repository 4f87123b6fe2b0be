package io.troupe.lsm.pekko;

import static io.troupe.lsm.pekko.JournalProbe.atomic;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Cursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Pekko asks of a journal, message by message. Each test has five events to begin with. */
final class JournalContractTest {
  private static final long MAX = Long.MAX_VALUE;

  private static @Nullable Node started;
  private @Nullable JournalProbe fresh;

  @BeforeAll
  static void start(@TempDir Path directory) {
    started = Node.in(directory, "lsm-journal.journal.replay-filter.mode = off");
  }

  @AfterAll
  static void stop() {
    node().close();
  }

  @BeforeEach
  void writeFive(TestInfo test) {
    fresh = new JournalProbe(node(), test.getDisplayName());
    p().writeAll(
            List.of(
                atomic(p().event(1, "e-1")),
                atomic(p().event(2, "e-2")),
                atomic(p().event(3, "e-3")),
                atomic(p().event(4, "e-4"), p().event(5, "e-5"))));
    for (long n = 1; n <= 5; n++) {
      assertThat(p().expect(JournalProtocol.WriteMessageSuccess.class).persistent().payload())
          .isEqualTo("e-" + n);
    }
  }

  private static Node node() {
    return Objects.requireNonNull(started);
  }

  private JournalProbe p() {
    return Objects.requireNonNull(fresh);
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 9223372036854775807, 9223372036854775807, 1, 5",
    "1, 9223372036854775807, 9223372036854775807, 1, 5",
    "3, 9223372036854775807, 9223372036854775807, 3, 5",
    "1, 3, 9223372036854775807, 1, 3",
    "1, 9223372036854775807, 3, 1, 3",
    "2, 3, 9223372036854775807, 2, 3",
    "2, 5, 2, 2, 3",
    "2, 2, 9223372036854775807, 2, 2",
    "2, 4, 1, 2, 2",
    "2, 4, 0, 1, 0",
    "3, 2, 9223372036854775807, 1, 0",
    "6, 9, 9223372036854775807, 1, 0",
  })
  void replaysWithinBounds(long from, long to, long max, long first, long last) {
    JournalProbe.Replay replay = p().replay(from, to, max);

    assertThat(replay.numbers()).isEqualTo(numbers(first, last));
    assertThat(replay.highest()).isEqualTo(5);
  }

  @Test
  void replaysWhatWasWritten() {
    List<PersistentRepr> events = p().replay().events();

    assertThat(events)
        .isEqualTo(LongStream.rangeClosed(1, 5).mapToObj(n -> p().event(n, "e-" + n)).toList());
    assertThat(events)
        .allSatisfy(
            e -> {
              assertThat(e.writerUuid()).isEqualTo(p().event(1, "").writerUuid());
              assertThat(e.timestamp())
                  .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
            });
  }

  @Test
  void anUnknownIdHasNothing() {
    JournalProbe.Replay replay = new JournalProbe(node(), "never written").replay(0, MAX, MAX);

    assertThat(replay.events()).isEmpty();
    assertThat(replay.highest()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 9223372036854775807, 4, 5",
    "3, 9223372036854775807, 4, 5",
    "4, 9223372036854775807, 4, 5",
    "1, 4, 4, 4",
    "1, 2, 1, 0",
    "1, 3, 1, 0",
  })
  void doesNotReplayWhatWasDeleted(long from, long to, long first, long last) {
    p().delete(3);

    JournalProbe.Replay replay = p().replay(from, to, MAX);

    assertThat(replay.numbers()).isEqualTo(numbers(first, last));
    assertThat(replay.highest()).isEqualTo(5);
  }

  @Test
  void deletingAllKeepsTheHighestNumber() {
    p().delete(MAX);
    assertThat(p().replay().events()).isEmpty();
    assertThat(p().replay().highest()).isEqualTo(5);

    p().write(6, 7);
    p().delete(6);

    assertThat(p().replay().numbers()).containsExactly(7L);
    assertThat(p().replay().highest()).isEqualTo(7);
  }

  @Test
  void deletesMoreThanFitsIntoOneBatch() {
    p().writeAll(
            List.of(
                atomic(
                    IntStream.rangeClosed(6, 2_600)
                        .mapToObj(n -> p().event(n, new Tagged("t", Set.of("deleted"))))
                        .toArray(PersistentRepr[]::new))));
    for (int n = 6; n <= 2_600; n++) {
      p().expect(JournalProtocol.WriteMessageSuccess.class);
    }

    p().delete(2_590);

    assertThat(p().replay().numbers()).isEqualTo(numbers(2_591, 2_600));
    try (Cursor c =
        node()
            .store()
            .cursor(node().store().index("journal.tags"), Keys.range("deleted", 0, MAX))) {
      int left = 0;
      while (c.next()) {
        left++;
      }
      assertThat(left).isEqualTo(10);
    }
  }

  @Test
  void rejectsWhatCannotBeSerializedAndNothingElse() {
    Object event = new Object();
    p().writeAll(
            List.of(
                atomic(p().event(6, "e-6")),
                atomic(p().event(7, event)),
                atomic(p().event(8, "e-8"))));

    assertThat(p().expect(JournalProtocol.WriteMessageSuccess.class).persistent().sequenceNr())
        .isEqualTo(6);
    var rejected = p().expect(JournalProtocol.WriteMessageRejected.class);
    assertThat(rejected.message().payload()).isSameAs(event);
    assertThat(p().expect(JournalProtocol.WriteMessageSuccess.class).persistent().sequenceNr())
        .isEqualTo(8);
    assertThat(p().replay().numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 8L);
  }

  @Test
  void rejectsAnAtomicWriteAsAWhole() {
    p().writeAll(List.of(atomic(p().event(6, "e-6"), p().event(7, new Object()))));

    p().expect(JournalProtocol.WriteMessageRejected.class);
    p().expect(JournalProtocol.WriteMessageRejected.class);
    assertThat(p().replay().highest()).isEqualTo(5);
    p().write(8, 8);
    assertThat(p().replay().numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 8L);
  }

  @Test
  void rejectsWhatIsTooLarge() {
    p().writeAll(
            List.of(
                atomic(p().event(6, "x".repeat(17 << 20))),
                atomic(p().event(7, new Tagged("t", Set.of("y".repeat(5_000)))))));

    p().expect(JournalProtocol.WriteMessageRejected.class);
    p().expect(JournalProtocol.WriteMessageRejected.class);
    assertThat(p().replay().highest()).isEqualTo(5);
  }

  @Test
  void serializesReferencesToActors() {
    var payload = new RefSerializer.Payload(node().probe().ref());

    p().writeAll(List.of(atomic(p().event(6, payload))));

    p().expect(JournalProtocol.WriteMessageSuccess.class);
    assertThat(p().replay(6, MAX, MAX).payloads()).containsExactly(payload);
  }

  @Test
  void keepsMetadataManifestAndTimestamp() {
    PersistentRepr event =
        p().event(6, "e-6").withMetadata("meta").withManifest("v2").withTimestamp(1234);
    p().writeAll(List.of(atomic(event)));
    assertThat(p().expect(JournalProtocol.WriteMessageSuccess.class).persistent().metadata().get())
        .isEqualTo("meta");

    PersistentRepr found = p().replay(6, 6, 1).events().getFirst();

    assertThat(found.metadata().get()).isEqualTo("meta");
    assertThat(found.manifest()).isEqualTo("v2");
    assertThat(found.timestamp()).isEqualTo(1234);
    assertThat(p().replay(1, 1, 1).events().getFirst().metadata().isEmpty()).isTrue();
  }

  @Test
  void tagsAreNoPartOfTheEvent() {
    p().writeAll(List.of(atomic(p().event(6, new Tagged("inner", Set.of("red"))))));
    p().expect(JournalProtocol.WriteMessageSuccess.class);

    assertThat(p().replay(6, 6, 1).payloads()).containsExactly("inner");
  }

  @Test
  void anAtomicWriteOfHundredsIsOne() {
    PersistentRepr[] events =
        IntStream.rangeClosed(6, 805)
            .mapToObj(n -> p().event(n, "e-" + n))
            .toArray(PersistentRepr[]::new);
    long before = node().store().stats().lastSequence();

    p().writeAll(List.of(atomic(events)));

    assertThat(node().store().stats().lastSequence()).isEqualTo(before + 1);
    for (int n = 6; n <= 805; n++) {
      p().expect(JournalProtocol.WriteMessageSuccess.class);
    }
    assertThat(p().replay().numbers()).isEqualTo(numbers(1, 805));
  }

  @Test
  void idsThatLookAlikeAreApart() {
    String id = p().id;
    List<String> others =
        List.of(
            id + "-2",
            id + "|",
            id + " ",
            id + "\u0000",
            id + "\u0000\u0000",
            id + "é",
            id + "𝄞",
            id + "/",
            id + "%2F",
            "x" + id,
            id.substring(1));
    List<JournalProbe> probes = new ArrayList<>();
    for (String other : others) {
      JournalProbe probe = new JournalProbe(node(), other);
      probe.write(1, probes.size() + 1);
      probes.add(probe);
    }

    for (int i = 0; i < probes.size(); i++) {
      JournalProbe.Replay replay = probes.get(i).replay();
      assertThat(replay.numbers()).as(others.get(i)).isEqualTo(numbers(1, i + 1));
      assertThat(replay.events()).allMatch(e -> others.contains(e.persistenceId()));
    }
    assertThat(p().replay().numbers()).isEqualTo(numbers(1, 5));
    probes.get(3).delete(MAX);
    assertThat(probes.get(4).replay().numbers()).isEqualTo(numbers(1, 5));
  }

  @Test
  void idsThatCannotBeKeysAreRejected() {
    for (String id : List.of("half \uD834", "long ".repeat(1_000))) {
      JournalProbe probe = new JournalProbe(node(), id);

      probe.writeAll(List.of(atomic(probe.event(1, "e"))));

      probe.expect(JournalProtocol.WriteMessageRejected.class);
    }
  }

  @Test
  void writersOfManyIdsDoNotDisturbEachOther() {
    String writer = "the same writer";
    List<JournalProbe> probes =
        IntStream.range(0, 50).mapToObj(i -> new JournalProbe(node(), p().id + i, writer)).toList();
    for (int round = 0; round < 10; round++) {
      for (JournalProbe probe : probes) {
        long n = 2L * round + 1;
        probe.send(
            List.of(atomic(probe.event(n, "e-" + n)), atomic(probe.event(n + 1, "e-" + (n + 1)))));
      }
      for (JournalProbe probe : probes) {
        probe.expect(JournalProtocol.WriteMessagesSuccessful$.class);
        probe.expect(JournalProtocol.WriteMessageSuccess.class);
        probe.expect(JournalProtocol.WriteMessageSuccess.class);
      }
    }

    for (JournalProbe probe : probes) {
      assertThat(probe.replay().numbers()).isEqualTo(numbers(1, 20));
    }
  }

  @Test
  void aSecondWriterMayGoOnButNotReplace() {
    JournalProbe second = new JournalProbe(node(), p().id);
    second.write(6, 7);

    p().send(List.of(atomic(p().event(6, "late"))));

    var failed = p().expect(JournalProtocol.WriteMessagesFailed.class);
    assertThat(failed.cause()).hasMessageContaining("another writer");
    p().expect(JournalProtocol.WriteMessageFailure.class);
    List<PersistentRepr> events = p().replay().events();
    assertThat(events)
        .extracting(PersistentRepr::payload)
        .containsExactly("e-1", "e-2", "e-3", "e-4", "e-5", "e-6", "e-7");
    assertThat(events.get(4).writerUuid()).isNotEqualTo(events.get(5).writerUuid());
  }

  @Test
  void ofTwoThatWriteTheSameNumberAtOnceOneWins() {
    List<JournalProbe> writers =
        IntStream.range(0, 8).mapToObj(i -> new JournalProbe(node(), p().id)).toList();
    for (JournalProbe writer : writers) {
      writer.send(List.of(atomic(writer.event(6, "by " + writer.event(6, "").writerUuid()))));
    }
    List<String> winners = new ArrayList<>();
    for (JournalProbe writer : writers) {
      if (writer.expect(Object.class) instanceof JournalProtocol.WriteMessagesSuccessful$) {
        winners.add("by " + writer.event(6, "").writerUuid());
      }
    }

    assertThat(winners).hasSize(1);
    assertThat(p().replay(6, 6, 1).payloads()).isEqualTo(List.copyOf(winners));
  }

  @Test
  void whoRecoversSeesWhatWasUnderWay() {
    p().send(List.of(atomic(p().event(6, "e-6"))));

    JournalProbe next = new JournalProbe(node(), p().id);

    assertThat(next.replay().highest()).isEqualTo(6);
  }

  @Test
  void publishesItsCommandsForTests() {
    var probe = node().probe();
    node().system().eventStream().subscribe(probe.ref(), JournalProtocol.DeleteMessagesTo.class);

    p().delete(2);

    assertThat(probe.expectMsgClass(JournalProtocol.DeleteMessagesTo.class).toSequenceNr())
        .isEqualTo(2);
  }
}
