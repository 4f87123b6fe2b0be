package io.troupe.lsm.pekko;

import static io.troupe.lsm.pekko.JournalProbe.atomic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.troupe.lsm.pekko.query.LsmReadJournal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.journal.EventAdapter;
import org.apache.pekko.persistence.journal.EventSeq;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.testkit.TestProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the plugins are set up, and what an application sees of it. */
final class PluginConfigTest {
  @TempDir Path directory;

  private static LsmReadJournal queries(Node node, String id) {
    return PersistenceQuery.get(node.system()).getReadJournalFor(LsmReadJournal.class, id);
  }

  @Test
  void aMissingDirectoryIsNamed() {
    try (Node node = Node.in(directory, "lsm-journal.directory = \"\"")) {
      assertThatThrownBy(node::store).hasMessageContaining("lsm-journal.directory is not set");
    }
  }

  @Test
  void pluginsOfOneDirectoryShareItsStoreAndOthersHaveTheirOwn() {
    String own = directory.resolve("own").toString();
    String same = directory.resolve("x/../own").toString();
    String more =
        """
        second = { class = "io.troupe.lsm.pekko.LsmJournal", directory = "%s" }
        third = { class = "io.troupe.lsm.pekko.LsmJournal", directory = "%s" }
        second-query {
          class = "io.troupe.lsm.pekko.query.LsmReadJournalProvider"
          journal = "second"
          page-size = 10
          refresh-interval = 1h
        }
        """
            .formatted(own, same);
    try (Node node = Node.in(directory.resolve("common"), more)) {
      Persistence persistence = Persistence.get(node.system());
      ActorRef second = persistence.journalFor("second", ConfigFactory.empty());
      ActorRef third = persistence.journalFor("third", ConfigFactory.empty());

      new JournalProbe(node, "p", "w").write(1, 1);
      new JournalProbe(node, second, "p", "w").write(1, 3);

      assertThat(new JournalProbe(node, "p", "w").replay().highest()).isEqualTo(1);
      assertThat(new JournalProbe(node, third, "p", "w").replay().highest()).isEqualTo(3);
      assertThat(
              Pulled.all(
                  queries(node, "second-query").currentEventsByPersistenceId("p", 1, 9),
                  node.system()))
          .hasSize(3);
      assertThat(Files.isDirectory(directory.resolve("own"))).isTrue();
    }
  }

  @Test
  void withoutTheIndexOnlyQueriesThatNeedItAreRefused() {
    try (Node node =
        Node.in(directory, "lsm-journal { query-index = off, query.refresh-interval = 1h }")) {
      JournalProbe p = new JournalProbe(node, "p");
      Pulled<EventEnvelope> live =
          Pulled.from(
              queries(node, LsmReadJournal.IDENTIFIER).eventsByPersistenceId("p", 1, 9),
              node.system());
      var first = live.ask();
      p.writeAll(List.of(atomic(p.event(1, new Tagged("e", Set.of("red"))))));

      assertThat(Pulled.await(first).map(EventEnvelope::event)).contains("e");
      assertThatThrownBy(
              () ->
                  Pulled.all(
                      queries(node, LsmReadJournal.IDENTIFIER)
                          .currentEventsByTag("red", Offset.noOffset()),
                      node.system()))
          .hasStackTraceContaining("query-index is off");
      assertThat(
              Pulled.all(
                  queries(node, LsmReadJournal.IDENTIFIER).currentPersistenceIds(), node.system()))
          .containsExactly("p");
      live.cancel();
    }
  }

  @Test
  void eventAdaptersWorkOnBothSides() {
    try (Node node =
        Node.in(
            directory,
            """
            lsm-journal.journal {
              event-adapters.split = "io.troupe.lsm.pekko.PluginConfigTest$Split"
              event-adapter-bindings { "java.lang.String" = split }
            }
            """)) {
      JournalProbe p = new JournalProbe(node, "p");
      p.write(1, 1);

      assertThat(p.replay().payloads()).containsExactly("e", "1 (v1)");
      assertThat(
              Pulled.all(
                  queries(node, LsmReadJournal.IDENTIFIER)
                      .currentEventsByTag("adapted", Offset.noOffset()),
                  node.system()))
          .extracting(EventEnvelope::event)
          .containsExactly("e", "1 (v1)");
    }
  }

  /** Tags what is written, and makes two events of what is read. Public for Pekko to make it. */
  public static final class Split implements EventAdapter {
    @Override
    public String manifest(Object event) {
      return "v1";
    }

    @Override
    public Object toJournal(Object event) {
      return new Tagged(event, Set.of("adapted"));
    }

    @Override
    public EventSeq fromJournal(Object event, String manifest) {
      String[] parts = event.toString().split("-", 2);
      return EventSeq.create(parts[0], parts[1] + " (" + manifest + ")");
    }
  }

  @Test
  void anActorGoesOnAfterARejection() {
    try (Node node = Node.in(directory)) {
      TestProbe probe = node.probe();
      ActorRef actor = node.system().actorOf(Recorder.props(probe.ref()));
      probe.expectMsg("recovered []");

      actor.tell(new Object(), probe.ref());
      actor.tell("good", probe.ref());

      probe.expectMsg("rejected 1");
      probe.expectMsg("persisted good 2");
      node.restart();
      TestProbe after = node.probe();
      node.system().actorOf(Recorder.props(after.ref()));
      after.expectMsg("recovered [good]");
    }
  }

  /** A classic persistent actor that tells what happens to it. */
  private static final class Recorder extends AbstractPersistentActor {
    private final ActorRef told;
    private final List<Object> state = new ArrayList<>();

    Recorder(ActorRef told) {
      this.told = told;
    }

    static Props props(ActorRef told) {
      return Props.create(Recorder.class, () -> new Recorder(told));
    }

    @Override
    public String persistenceId() {
      return "recorder";
    }

    @Override
    public Receive createReceiveRecover() {
      return receiveBuilder()
          .match(RecoveryCompleted.class, done -> told.tell("recovered " + state, self()))
          .matchAny(state::add)
          .build();
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .matchAny(
              event ->
                  persist(event, e -> told.tell("persisted " + e + " " + lastSequenceNr(), self())))
          .build();
    }

    @Override
    public void onPersistRejected(Throwable cause, Object event, long sequenceNr) {
      told.tell("rejected " + sequenceNr, self());
    }
  }

  @Test
  void publishesNothingOfARefusedBatch() {
    try (Node node = Node.in(directory)) {
      JournalProbe p = new JournalProbe(node, "p");
      p.send(List.of(atomic(p.event(1, "e"), p.event(2, new Object()))));
      p.expect(JournalProtocol.WriteMessagesSuccessful$.class);
      p.expect(JournalProtocol.WriteMessageRejected.class);

      assertThat(
              Pulled.all(
                  queries(node, LsmReadJournal.IDENTIFIER).currentPersistenceIds(), node.system()))
          .isEmpty();
    }
  }
}
