package io.troupe.lsm.pekko;

import io.troupe.lsm.Store;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import scala.jdk.javaapi.CollectionConverters;

/** An atomic write as bytes: nothing in it can be refused any more but by the store. */
record PreparedWrite(String persistenceId, List<Event> events, Changes changes) {
  record Event(long sequenceNr, byte[] key, byte[] record, List<String> tags) {}

  /** Throws what the serializer throws; also for what would be too large to store. */
  static PreparedWrite of(Store store, EventFormat format, AtomicWrite write, long now) {
    Changes changes = new Changes(store);
    List<Event> events = new ArrayList<>(write.size());
    byte[] id = Keys.plain(write.persistenceId());
    for (PersistentRepr repr : CollectionConverters.asJava(write.payload())) {
      Object event = repr.payload();
      List<String> tags = List.of();
      if (event instanceof Tagged tagged) {
        event = tagged.payload();
        tags = List.copyOf(CollectionConverters.asJava(tagged.tags()));
        tags.forEach(Keys::plain); // refuses what cannot be a key
      }
      byte[] record =
          format.encode(repr, event, tags, repr.timestamp() == 0 ? now : repr.timestamp());
      events.add(new Event(repr.sequenceNr(), Keys.numbered(id, repr.sequenceNr()), record, tags));
      changes.add(event);
    }
    return new PreparedWrite(write.persistenceId(), events, changes);
  }

  long lowestSequenceNr() {
    return events.getFirst().sequenceNr();
  }

  long highestSequenceNr() {
    return events.getLast().sequenceNr();
  }
}
