package io.troupe.lsm.pekko;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.PersistentImpl;
import org.apache.pekko.persistence.PersistentRepr;
import scala.jdk.javaapi.OptionConverters;

/**
 * An event as the journal has it.
 *
 * @param ordinal its place among all events of the store, from 1; 0 when it was written without
 *     {@code lsm-journal.query-index}
 * @param timestamp when it was written, in milliseconds since 1970
 * @param manifest of the event adapter that wrote it
 * @param metadata of replicated event sourcing
 */
public record StoredEvent(
    String persistenceId,
    long sequenceNr,
    long ordinal,
    long timestamp,
    String writerUuid,
    String manifest,
    List<String> tags,
    Optional<Object> metadata,
    Object payload) {

  PersistentRepr toRepr() {
    return new PersistentImpl(
        payload,
        sequenceNr,
        persistenceId,
        manifest,
        false,
        ActorRef.noSender(),
        writerUuid,
        timestamp,
        OptionConverters.toScala(metadata));
  }
}
