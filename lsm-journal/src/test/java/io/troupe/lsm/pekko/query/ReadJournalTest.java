package io.troupe.lsm.pekko.query;

import static io.troupe.lsm.pekko.Pulled.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.pekko.Node;
import io.troupe.lsm.pekko.Pulled;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries of the journal under real entities. Pages are small, and nothing looks by itself. */
final class ReadJournalTest {
  private static final long MAX = Long.MAX_VALUE;

  @TempDir Path directory;
  private @Nullable Node started;
  private final Map<String, ActorRef<Clerk.Write>> clerks = new HashMap<>();

  @BeforeEach
  void start() {
    started = Node.in(directory, "lsm-journal.query { page-size = 3, refresh-interval = 1h }");
  }

  @AfterEach
  void stop() {
    node().close();
  }

  private Node node() {
    return Objects.requireNonNull(started);
  }

  private void restart() {
    clerks.clear();
    node().restart();
  }

  private LsmReadJournal journal() {
    return PersistenceQuery.get(node().system())
        .getReadJournalFor(LsmReadJournal.class, LsmReadJournal.IDENTIFIER);
  }

  /** Awaits the answer. */
  private void write(String id, String... texts) {
    TestProbe<Integer> probe = TestProbe.create(Integer.class, Adapter.toTyped(node().system()));
    ActorRef<Clerk.Write> clerk =
        clerks.computeIfAbsent(
            id, i -> Adapter.spawnAnonymous(node().system(), Clerk.create("clerk", i)));
    for (String text : texts) {
      clerk.tell(new Clerk.Write(text, probe.ref()));
    }
    probe.receiveSeveralMessages(texts.length, Node.LIMIT);
    probe.stop();
  }

  private void delete(String id, long to) {
    var probe = node().probe();
    node()
        .journal()
        .tell(new JournalProtocol.DeleteMessagesTo("clerk|" + id, to, probe.ref()), probe.ref());
    probe.expectMsgClass(DeleteMessagesSuccess.class);
  }

  private <T> List<T> all(Source<T, NotUsed> source) {
    return Pulled.all(source, node().system());
  }

  private <T> Pulled<T> pulled(Source<T, NotUsed> source) {
    return Pulled.from(source, node().system());
  }

  private static List<Object> events(List<EventEnvelope> envelopes) {
    return envelopes.stream().map(EventEnvelope::event).toList();
  }

  private static String[] texts(String prefix, int from, int to) {
    String[] texts = new String[to - from + 1];
    for (int i = from; i <= to; i++) {
      texts[i - from] = prefix + i;
    }
    return texts;
  }

  @Test
  void currentEventsOfAnIdAreThoseWithinTheBounds() {
    write("a", texts("e", 1, 10));
    write("ab", "other");

    assertThat(events(all(journal().currentEventsByPersistenceId("clerk|a", 0, MAX))))
        .containsExactly((Object[]) texts("e", 1, 10));
    List<EventEnvelope> some = all(journal().currentEventsByPersistenceId("clerk|a", 4, 8));
    assertThat(events(some)).containsExactly((Object[]) texts("e", 4, 8));
    assertThat(some.getFirst().sequenceNr()).isEqualTo(4);
    assertThat(some.getFirst().offset()).isEqualTo(Offset.sequence(4));
    assertThat(some.getFirst().timestamp()).isPositive();
    assertThat(all(journal().currentEventsByPersistenceId("clerk|a", 8, 4))).isEmpty();
    assertThat(all(journal().currentEventsByPersistenceId("clerk|none", 1, MAX))).isEmpty();
  }

  @Test
  void currentEventsEndWithWhatThereWasAtTheStart() {
    write("a", texts("e", 1, 5));
    Pulled<EventEnvelope> events =
        pulled(journal().currentEventsByPersistenceId("clerk|a", 1, MAX));
    assertThat(events.next().event()).isEqualTo("e1");

    write("a", texts("e", 6, 40));

    assertThat(events.next(4))
        .extracting(EventEnvelope::sequenceNr)
        .containsExactly(2L, 3L, 4L, 5L);
    assertThat(events.hasEnded()).isTrue();
  }

  @Test
  void liveEventsOfAnIdGoOnAndEndAtTheUpperBound() {
    write("a", texts("e", 1, 4));
    Pulled<EventEnvelope> events = pulled(journal().eventsByPersistenceId("clerk|a", 2, 7));
    assertThat(events(events.next(3))).containsExactly("e2", "e3", "e4");
    var next = events.ask();

    write("b", "not this");
    write("a", texts("e", 5, 9));

    assertThat(await(next).map(EventEnvelope::event)).contains("e5");
    assertThat(events(events.next(2))).containsExactly("e6", "e7");
    assertThat(events.hasEnded()).isTrue();
  }

  @Test
  void deletedEventsAreInNoStream() {
    write("a", texts("red:", 1, 6));
    write("b", "red:b");
    delete("a", 4);

    assertThat(events(all(journal().currentEventsByPersistenceId("clerk|a", 1, MAX))))
        .containsExactly("red:5", "red:6");
    assertThat(events(all(journal().currentEventsByTag("red", Offset.noOffset()))))
        .containsExactly("red:5", "red:6", "red:b");
    assertThat(all(journal().currentEventsBySlices("clerk", 0, 1023, Offset.noOffset())))
        .hasSize(3);
    assertThat(await(journal().currentLastSequenceNumberByPersistenceId("clerk|a"))).contains(6L);
  }

  @Test
  void offsetsAreNotUsedAgainAfterTheirEventsAreGone() {
    write("a", texts("red:", 1, 6));
    Offset last = all(journal().currentEventsByTag("red", Offset.noOffset())).getLast().offset();
    delete("a", MAX);

    restart();
    write("b", "red:new");

    assertThat(events(all(journal().currentEventsByTag("red", last)))).containsExactly("red:new");
  }

  @Test
  void eventsByTagGoOnBehindTheirOffset() {
    write("a", "red:1", "blue:1", "red:2");
    write("b", "none", "red:3", "redder:1", "red:4");

    List<EventEnvelope> red = all(journal().currentEventsByTag("red", Offset.noOffset()));

    assertThat(events(red)).containsExactly("red:1", "red:2", "red:3", "red:4");
    for (int i = 0; i < red.size(); i++) {
      assertThat(all(journal().currentEventsByTag("red", red.get(i).offset())))
          .isEqualTo(red.subList(i + 1, red.size()));
    }
    assertThat(events(all(journal().currentEventsByTag("all", Offset.noOffset())))).hasSize(6);
    assertThat(all(journal().currentEventsByTag("re", Offset.noOffset()))).isEmpty();
  }

  @Test
  void liveEventsByTagSurviveARestartWithoutGapOrDuplicate() {
    write("a", texts("red:", 1, 5));
    Pulled<EventEnvelope> before = pulled(journal().eventsByTag("red", Offset.noOffset()));
    List<EventEnvelope> seen = new ArrayList<>(before.next(4));
    before.cancel();

    restart();
    write("a", texts("red:", 6, 8));
    Pulled<EventEnvelope> after = pulled(journal().eventsByTag("red", seen.getLast().offset()));
    seen.addAll(after.next(4));
    var next = after.ask();
    write("b", "blue:1", "red:9");
    seen.add(await(next).orElseThrow());

    assertThat(events(seen)).containsExactly((Object[]) texts("red:", 1, 9));
    after.cancel();
  }

  @Test
  void slicesPartTheEventsOfAType() {
    for (int i = 0; i < 30; i++) {
      write("c" + i, "x" + i, "y" + i);
    }
    List<String> seen = new ArrayList<>();
    for (var range : journal().sliceRanges(4)) {
      for (var e :
          all(
              journal()
                  .<String>currentEventsBySlices(
                      "clerk", range.first(), range.second(), Offset.noOffset()))) {
        assertThat(e.slice())
            .isEqualTo(journal().sliceForPersistenceId(e.persistenceId()))
            .isBetween(range.first(), range.second());
        assertThat(e.entityType()).isEqualTo("clerk");
        seen.add(e.event());
      }
    }

    assertThat(seen).hasSize(60).doesNotHaveDuplicates();
    assertThat(all(journal().currentEventsBySlices("clerks", 0, 1023, Offset.noOffset())))
        .isEmpty();
    assertThatThrownBy(
            () -> all(journal().currentEventsBySlices("clerk", 0, 1024, Offset.noOffset())))
        .hasStackTraceContaining("slices 0 to 1024");
  }

  @Test
  void persistenceIdsAreListedAndFollowed() {
    write("b", "1");
    write("a", "1", "2");
    Pulled<String> ids = pulled(journal().persistenceIds());
    assertThat(ids.next(2)).containsExactly("clerk|b", "clerk|a");
    var next = ids.ask();

    write("a", "3");
    write("c", "1");

    assertThat(await(next)).contains("clerk|c");
    assertThat(all(journal().currentPersistenceIds()))
        .containsExactly("clerk|a", "clerk|b", "clerk|c");
    assertThat(all(journal().currentPersistenceIds(Optional.of("clerk|a"), 1)))
        .containsExactly("clerk|b");
    ids.cancel();
  }

  @Test
  void oneEventCanBeLoaded() {
    write("a", "red:1", "red:2");

    var envelope = await(journal().<String>loadEnvelope("clerk|a", 2));

    assertThat(envelope.event()).isEqualTo("red:2");
    assertThat(await(journal().timestampOf("clerk|a", 2)))
        .contains(Instant.ofEpochMilli(envelope.timestamp()));
    assertThat(await(journal().timestampOf("clerk|a", 3))).isEmpty();
    assertThatThrownBy(() -> await(journal().loadEnvelope("clerk|a", 3)))
        .hasCauseInstanceOf(NoSuchElementException.class);
  }

  @Test
  void anOffsetOfAnotherKindIsRefused() {
    assertThatThrownBy(() -> journal().eventsByTag("t", Offset.timestamp(Instant.EPOCH)))
        .hasMessageContaining("Sequence");
  }

  @Test
  void theScalaSideIsTheSameJournal() {
    write("a", "red:1");
    LsmScalaReadJournal scala =
        PersistenceQuery.get(node().system()).readJournalFor(LsmReadJournal.IDENTIFIER);

    assertThat(events(all(scala.currentEventsByTag("red", Offset.noOffset()).asJava())))
        .containsExactly("red:1");
    assertThat(scala.sliceForPersistenceId("clerk|a"))
        .isEqualTo(journal().sliceForPersistenceId("clerk|a"));
  }
}
