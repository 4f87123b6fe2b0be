package io.troupe.lsm.pekko.query;

import static scala.jdk.javaapi.FutureConverters.asScala;

import io.troupe.lsm.pekko.follow.ScalaRanges;
import io.troupe.lsm.pekko.follow.Unwrapped;
import java.time.Instant;
import org.apache.pekko.NotUsed;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.scaladsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.scaladsl.CurrentEventsByTagQuery;
import org.apache.pekko.persistence.query.scaladsl.CurrentLastSequenceNumberByPersistenceIdQuery;
import org.apache.pekko.persistence.query.scaladsl.CurrentPersistenceIdsQuery;
import org.apache.pekko.persistence.query.scaladsl.EventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.scaladsl.EventsByTagQuery;
import org.apache.pekko.persistence.query.scaladsl.PagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.scaladsl.PersistenceIdsQuery;
import org.apache.pekko.persistence.query.typed.scaladsl.CurrentEventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.scaladsl.EventTimestampQuery;
import org.apache.pekko.persistence.query.typed.scaladsl.EventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.scaladsl.LoadEventQuery;
import org.apache.pekko.stream.scaladsl.Source;
import scala.Option;
import scala.collection.immutable.Range;
import scala.collection.immutable.Seq;
import scala.concurrent.Future;
import scala.jdk.javaapi.OptionConverters;

/** {@link LsmReadJournal} for Scala. */
public final class LsmScalaReadJournal
    implements EventsByPersistenceIdQuery,
        CurrentEventsByPersistenceIdQuery,
        CurrentLastSequenceNumberByPersistenceIdQuery,
        PersistenceIdsQuery,
        CurrentPersistenceIdsQuery,
        PagedPersistenceIdsQuery,
        EventsByTagQuery,
        CurrentEventsByTagQuery,
        EventsBySliceQuery,
        CurrentEventsBySliceQuery,
        EventTimestampQuery,
        LoadEventQuery {
  private final LsmReadJournal java;

  LsmScalaReadJournal(LsmReadJournal java) {
    this.java = java;
  }

  @Override
  public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String id, long from, long to) {
    return java.eventsByPersistenceId(id, from, to).asScala();
  }

  @Override
  public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(
      String id, long from, long to) {
    return java.currentEventsByPersistenceId(id, from, to).asScala();
  }

  @Override
  public Future<Option<Object>> currentLastSequenceNumberByPersistenceId(String id) {
    return asScala(
        Unwrapped.stage(
            java.currentLastSequenceNumberByPersistenceId(id)
                .thenApply(nr -> OptionConverters.toScala(nr.<Object>map(n -> n)))));
  }

  @Override
  public Source<String, NotUsed> persistenceIds() {
    return java.persistenceIds().asScala();
  }

  @Override
  public Source<String, NotUsed> currentPersistenceIds() {
    return java.currentPersistenceIds().asScala();
  }

  @Override
  public Source<String, NotUsed> currentPersistenceIds(Option<String> afterId, long limit) {
    return java.currentPersistenceIds(OptionConverters.toJava(afterId), limit).asScala();
  }

  @Override
  public Source<EventEnvelope, NotUsed> eventsByTag(String tag, Offset offset) {
    return java.eventsByTag(tag, offset).asScala();
  }

  @Override
  public Source<EventEnvelope, NotUsed> currentEventsByTag(String tag, Offset offset) {
    return java.currentEventsByTag(tag, offset).asScala();
  }

  @Override
  public <E>
      Source<org.apache.pekko.persistence.query.typed.EventEnvelope<E>, NotUsed> eventsBySlices(
          String entityType, int min, int max, Offset offset) {
    return java.<E>eventsBySlices(entityType, min, max, offset).asScala();
  }

  @Override
  public <E>
      Source<org.apache.pekko.persistence.query.typed.EventEnvelope<E>, NotUsed>
          currentEventsBySlices(String entityType, int min, int max, Offset offset) {
    return java.<E>currentEventsBySlices(entityType, min, max, offset).asScala();
  }

  @Override
  public int sliceForPersistenceId(String id) {
    return java.sliceForPersistenceId(id);
  }

  @Override
  public Seq<Range> sliceRanges(int ranges) {
    return ScalaRanges.of(java.sliceRanges(ranges));
  }

  @Override
  public Future<Option<Instant>> timestampOf(String id, long sequenceNr) {
    return asScala(
        Unwrapped.stage(java.timestampOf(id, sequenceNr).thenApply(OptionConverters::toScala)));
  }

  @Override
  public <E> Future<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> loadEnvelope(
      String id, long sequenceNr) {
    return asScala(java.<E>loadEnvelope(id, sequenceNr));
  }
}
