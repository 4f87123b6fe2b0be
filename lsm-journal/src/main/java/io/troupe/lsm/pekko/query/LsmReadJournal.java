package io.troupe.lsm.pekko.query;

import com.typesafe.config.Config;
import io.troupe.lsm.pekko.EventLog;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.lsm.pekko.follow.FollowSettings;
import io.troupe.lsm.pekko.follow.Positions;
import io.troupe.lsm.pekko.follow.Topic;
import io.troupe.lsm.pekko.follow.Unwrapped;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentLastSequenceNumberByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.PagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.PersistenceIdsQuery;
import org.apache.pekko.persistence.query.typed.javadsl.CurrentEventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.javadsl.EventTimestampQuery;
import org.apache.pekko.persistence.query.typed.javadsl.EventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.javadsl.LoadEventQuery;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Queries of the journal.
 *
 * <p>Streams by tag and by slices are in the order in which events were committed, over all
 * persistence ids; their offsets are {@code Sequence}s, and they start behind the one given. They
 * need {@code lsm-journal.query-index}. Live streams are woken by the journal of the same
 * ActorSystem. No stream reads ahead of its consumer by more than a page.
 */
public final class LsmReadJournal
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
  /** The plugin's id. */
  public static final String IDENTIFIER = "lsm-journal.query";

  private final Persistence persistence;
  private final EventLog log;
  private final Envelopes envelopes;
  private final FollowSettings streams;
  private final Executor blocking;

  LsmReadJournal(ExtendedActorSystem system, Config config) {
    Config all = system.settings().config();
    String journal = config.getString("journal");
    String dispatcher = all.getString("lsm-journal.read-dispatcher");
    this.persistence = Persistence.get(system);
    this.log = LsmStores.get(system).eventLog(all.getConfig(journal));
    this.envelopes = new Envelopes(persistence.adaptersFor(journal));
    this.streams = FollowSettings.of(config, dispatcher);
    this.blocking = system.dispatchers().lookup(dispatcher);
  }

  /**
   * Ends when the event {@code to} was written. Offsets are sequence numbers.
   *
   * @param from first sequence number, included
   * @param to last sequence number, included
   */
  @Override
  public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String id, long from, long to) {
    return streams
        .live(
            () -> log.byId(id, to, streams.pageSize(), true),
            Math.max(0, from - 1),
            log.signals(),
            new Topic.OfId(id))
        .mapConcat(e -> envelopes.of(e, Offset.sequence(e.sequenceNr())));
  }

  /** As {@link #eventsByPersistenceId}, of what there is when it starts. */
  @Override
  public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(
      String id, long from, long to) {
    return streams
        .current(() -> log.byId(id, to, streams.pageSize(), false), Math.max(0, from - 1))
        .mapConcat(e -> envelopes.of(e, Offset.sequence(e.sequenceNr())));
  }

  /** The highest one ever written, whether its event was deleted or not. */
  @Override
  public CompletionStage<Optional<Long>> currentLastSequenceNumberByPersistenceId(String id) {
    return read(() -> log.highest(id));
  }

  /** In the order of their first events; also those whose events were all deleted. */
  @Override
  public Source<String, NotUsed> persistenceIds() {
    return streams.live(
        () -> log.ids(streams.pageSize(), true), 0, log.signals(), new Topic.Anything());
  }

  /** In the order of their bytes; also those whose events were all deleted. */
  @Override
  public Source<String, NotUsed> currentPersistenceIds() {
    return currentPersistenceIds(Optional.empty(), Long.MAX_VALUE);
  }

  /** In the order of their bytes; also those whose events were all deleted. */
  @Override
  public Source<String, NotUsed> currentPersistenceIds(Optional<String> afterId, long limit) {
    return streams.names(log::idsAfter, afterId, limit);
  }

  @Override
  public Source<EventEnvelope, NotUsed> eventsByTag(String tag, Offset offset) {
    return streams
        .live(
            () -> log.byTag(tag, streams.pageSize(), true),
            Positions.of(offset),
            log.signals(),
            new Topic.OfTag(tag))
        .mapConcat(e -> envelopes.of(e, Offset.sequence(e.ordinal())));
  }

  @Override
  public Source<EventEnvelope, NotUsed> currentEventsByTag(String tag, Offset offset) {
    return streams
        .current(() -> log.byTag(tag, streams.pageSize(), false), Positions.of(offset))
        .mapConcat(e -> envelopes.of(e, Offset.sequence(e.ordinal())));
  }

  /**
   * @param entityType what is before the first {@code |} of the persistence ids
   */
  @Override
  public <E>
      Source<org.apache.pekko.persistence.query.typed.EventEnvelope<E>, NotUsed> eventsBySlices(
          String entityType, int min, int max, Offset offset) {
    return streams
        .live(
            () -> log.bySlices(entityType, min, max, streams.pageSize(), true),
            Positions.of(offset),
            log.signals(),
            new Topic.Anything())
        .mapConcat(envelopes::typed);
  }

  @Override
  public <E>
      Source<org.apache.pekko.persistence.query.typed.EventEnvelope<E>, NotUsed>
          currentEventsBySlices(String entityType, int min, int max, Offset offset) {
    return streams
        .current(
            () -> log.bySlices(entityType, min, max, streams.pageSize(), false),
            Positions.of(offset))
        .mapConcat(envelopes::typed);
  }

  @Override
  public int sliceForPersistenceId(String id) {
    return persistence.sliceForPersistenceId(id);
  }

  @Override
  public List<Pair<Integer, Integer>> sliceRanges(int ranges) {
    return persistence.getSliceRanges(ranges);
  }

  @Override
  public CompletionStage<Optional<Instant>> timestampOf(String id, long sequenceNr) {
    return read(() -> log.event(id, sequenceNr).map(e -> Instant.ofEpochMilli(e.timestamp())));
  }

  /** Fails with a {@link NoSuchElementException} when there is no such event. */
  @Override
  public <E>
      CompletionStage<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> loadEnvelope(
          String id, long sequenceNr) {
    return read(
        () ->
            log.event(id, sequenceNr)
                .flatMap(e -> envelopes.<E>typed(e).stream().findFirst())
                .orElseThrow(
                    () -> new NoSuchElementException("no event " + id + "/" + sequenceNr)));
  }

  private <T> CompletionStage<T> read(Supplier<T> read) {
    return Unwrapped.stage(CompletableFuture.supplyAsync(read, blocking));
  }
}
