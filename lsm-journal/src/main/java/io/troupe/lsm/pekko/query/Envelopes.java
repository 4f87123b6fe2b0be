package io.troupe.lsm.pekko.query;

import io.troupe.lsm.pekko.EventLog;
import io.troupe.lsm.pekko.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.persistence.journal.EventAdapters;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.typed.PersistenceId;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/** Stored events as applications see them: through the event adapters of the journal. */
final class Envelopes {
  private final EventAdapters adapters;

  Envelopes(EventAdapters adapters) {
    this.adapters = adapters;
  }

  /** One envelope for each event that the adapters make of it. */
  List<EventEnvelope> of(StoredEvent stored, Offset offset) {
    List<EventEnvelope> envelopes = new ArrayList<>(1);
    for (Object event : adapted(stored)) {
      envelopes.add(
          EventEnvelope.apply(
              offset,
              stored.persistenceId(),
              stored.sequenceNr(),
              event,
              stored.timestamp(),
              OptionConverters.toScala(stored.metadata())));
    }
    return envelopes;
  }

  @SuppressWarnings("unchecked") // the caller says what events these are
  <E> List<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> typed(StoredEvent stored) {
    List<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> envelopes = new ArrayList<>(1);
    for (Object event : adapted(stored)) {
      envelopes.add(
          new org.apache.pekko.persistence.query.typed.EventEnvelope<>(
              Offset.sequence(stored.ordinal()),
              stored.persistenceId(),
              stored.sequenceNr(),
              Option.apply((E) event),
              stored.timestamp(),
              OptionConverters.toScala(stored.metadata()),
              PersistenceId.extractEntityType(stored.persistenceId()),
              slice(stored.persistenceId())));
    }
    return envelopes;
  }

  private static int slice(String persistenceId) {
    return EventLog.slice(persistenceId);
  }

  private Iterable<Object> adapted(StoredEvent stored) {
    return CollectionConverters.asJava(
        adapters
            .get(stored.payload().getClass())
            .fromJournal(stored.payload(), stored.manifest())
            .events());
  }
}
