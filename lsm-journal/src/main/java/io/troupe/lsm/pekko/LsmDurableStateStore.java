package io.troupe.lsm.pekko;

import io.troupe.lsm.pekko.follow.FollowSettings;
import io.troupe.lsm.pekko.follow.Positions;
import io.troupe.lsm.pekko.follow.Topic;
import io.troupe.lsm.pekko.follow.Unwrapped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.query.DurableStateChange;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.javadsl.DurableStateStorePagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.DurableStateStoreQuery;
import org.apache.pekko.persistence.query.typed.javadsl.DurableStateStoreBySliceQuery;
import org.apache.pekko.persistence.state.javadsl.DurableStateUpdateStore;
import org.apache.pekko.persistence.state.javadsl.GetObjectResult;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The durable state store with its queries.
 *
 * <p>Streams of changes show the newest change of each state, in the order in which they were
 * committed, with offsets that are numbers over the whole store; a deletion is a change. They start
 * behind the offset given. A state that changes while a stream of current changes runs is not in it
 * any more, but in the next one.
 */
public final class LsmDurableStateStore
    implements DurableStateUpdateStore<Object>,
        DurableStateStoreQuery<Object>,
        DurableStateStoreBySliceQuery<Object>,
        DurableStateStorePagedPersistenceIdsQuery<Object> {
  private final ExtendedActorSystem system;
  private final States states;
  private final StateLog log;
  private final FollowSettings streams;

  LsmDurableStateStore(ExtendedActorSystem system, SharedStore shared, FollowSettings streams) {
    this.system = system;
    this.states = shared.states();
    this.log = shared.stateLog();
    this.streams = streams;
  }

  @Override
  public CompletionStage<GetObjectResult<Object>> getObject(String id) {
    return Unwrapped.stage(
        states.get(id).thenApply(s -> new GetObjectResult<>(s.value(), s.head().revision())));
  }

  /**
   * @param revision one more than that of the state before; 1 for the first
   * @return fails with an {@link IllegalStateException} when it is another, and with what the
   *     serializer throws when the value cannot be serialized
   */
  @Override
  public CompletionStage<Done> upsertObject(String id, long revision, Object value, String tag) {
    return done(states.put(id, revision, value, tag));
  }

  /** Removes the state with its revision: the next one is 1 again. */
  @Override
  @SuppressWarnings("deprecation") // part of the interface
  public CompletionStage<Done> deleteObject(String id) {
    return done(states.forget(id));
  }

  /**
   * @param revision one more than that of the state before
   * @return fails with a {@link
   *     org.apache.pekko.persistence.state.exception.DeleteRevisionException} when it is another
   */
  @Override
  public CompletionStage<Done> deleteObject(String id, long revision) {
    return done(states.delete(id, revision));
  }

  private static CompletionStage<Done> done(CompletionStage<Void> stage) {
    return Unwrapped.stage(stage.thenApply(x -> Done.getInstance()));
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> currentChanges(String tag, Offset offset) {
    return streams.current(() -> log.byTag(tag, streams.pageSize(), false), Positions.of(offset));
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> changes(String tag, Offset offset) {
    return streams.live(
        () -> log.byTag(tag, streams.pageSize(), true),
        Positions.of(offset),
        log.signals(),
        new Topic.OfTag(tag));
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> currentChangesBySlices(
      String entityType, int min, int max, Offset offset) {
    return streams.current(
        () -> log.bySlices(entityType, min, max, streams.pageSize(), false), Positions.of(offset));
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> changesBySlices(
      String entityType, int min, int max, Offset offset) {
    return streams.live(
        () -> log.bySlices(entityType, min, max, streams.pageSize(), true),
        Positions.of(offset),
        log.signals(),
        new Topic.Anything());
  }

  @Override
  public int sliceForPersistenceId(String id) {
    return Persistence.get(system).sliceForPersistenceId(id);
  }

  @Override
  public List<Pair<Integer, Integer>> sliceRanges(int ranges) {
    return Persistence.get(system).getSliceRanges(ranges);
  }

  /** In the order of their bytes; also of states that were deleted with their revision. */
  @Override
  public Source<String, NotUsed> currentPersistenceIds(Optional<String> afterId, long limit) {
    return streams.names(log::idsAfter, afterId, limit);
  }
}
