package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.pekko.actor.Actor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentImpl;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.TestProbe;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** Speaks with a journal as a persistent actor does. */
final class JournalProbe {
  private static final int INSTANCE = 1;

  final String id;
  private final ActorRef journal;
  private final TestProbe probe;
  private final String writer;

  JournalProbe(Node node, String id) {
    this(node, id, UUID.randomUUID().toString());
  }

  JournalProbe(Node node, String id, String writer) {
    this(node, node.journal(), id, writer);
  }

  JournalProbe(Node node, ActorRef journal, String id, String writer) {
    this.id = id;
    this.journal = journal;
    this.probe = node.probe();
    this.writer = writer;
  }

  PersistentRepr event(long sequenceNr, Object payload) {
    return new PersistentImpl(
        payload, sequenceNr, id, "", false, Actor.noSender(), writer, 0, Option.empty());
  }

  static AtomicWrite atomic(PersistentRepr... events) {
    return AtomicWrite.apply(CollectionConverters.asScala(List.of(events)).toSeq());
  }

  /** Events {@code e-<number>}, each in an atomic write of its own. */
  void write(long from, long to) {
    writeAll(LongStream.rangeClosed(from, to).mapToObj(n -> atomic(event(n, "e-" + n))).toList());
    for (long n = from; n <= to; n++) {
      assertThat(expect(JournalProtocol.WriteMessageSuccess.class).persistent().sequenceNr())
          .isEqualTo(n);
    }
  }

  /** Awaits the answer for the whole; those for each event follow. */
  void writeAll(List<AtomicWrite> writes) {
    send(writes);
    probe.expectMsg(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
  }

  void send(List<AtomicWrite> writes) {
    journal.tell(
        new JournalProtocol.WriteMessages(
            CollectionConverters.asScala(new ArrayList<PersistentEnvelope>(writes)).toSeq(),
            probe.ref(),
            INSTANCE),
        probe.ref());
  }

  <T> T expect(Class<T> message) {
    return probe.expectMsgClass(scala.jdk.javaapi.DurationConverters.toScala(Node.LIMIT), message);
  }

  /** What a replay brought. */
  record Replay(List<PersistentRepr> events, long highest) {
    List<Object> payloads() {
      return events.stream().<Object>map(PersistentRepr::payload).toList();
    }

    List<Long> numbers() {
      return events.stream().map(PersistentRepr::sequenceNr).toList();
    }
  }

  Replay replay() {
    return replay(1, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  Replay replay(long from, long to, long max) {
    askReplay(from, to, max);
    List<PersistentRepr> events = new ArrayList<>();
    while (true) {
      switch (expect(Object.class)) {
        case JournalProtocol.ReplayedMessage m -> events.add(m.persistent());
        case JournalProtocol.RecoverySuccess s -> {
          return new Replay(events, s.highestSequenceNr());
        }
        case Object other -> throw new AssertionError("unexpected " + other);
      }
    }
  }

  void askReplay(long from, long to, long max) {
    journal.tell(new JournalProtocol.ReplayMessages(from, to, max, id, probe.ref()), probe.ref());
  }

  void delete(long to) {
    journal.tell(new JournalProtocol.DeleteMessagesTo(id, to, probe.ref()), probe.ref());
    assertThat(expect(org.apache.pekko.persistence.DeleteMessagesSuccess.class).toSequenceNr())
        .isEqualTo(to);
  }
}
