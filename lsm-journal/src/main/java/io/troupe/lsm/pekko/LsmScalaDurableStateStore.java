package io.troupe.lsm.pekko;

import static scala.jdk.javaapi.FutureConverters.asScala;

import io.troupe.lsm.pekko.follow.ScalaRanges;
import io.troupe.lsm.pekko.follow.Unwrapped;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.persistence.query.DurableStateChange;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.scaladsl.DurableStateStorePagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.scaladsl.DurableStateStoreQuery;
import org.apache.pekko.persistence.query.typed.scaladsl.DurableStateStoreBySliceQuery;
import org.apache.pekko.persistence.state.scaladsl.DurableStateUpdateStore;
import org.apache.pekko.persistence.state.scaladsl.GetObjectResult;
import org.apache.pekko.stream.scaladsl.Source;
import scala.Option;
import scala.collection.immutable.Range;
import scala.collection.immutable.Seq;
import scala.concurrent.Future;
import scala.jdk.javaapi.OptionConverters;

/** {@link LsmDurableStateStore} for Scala. */
public final class LsmScalaDurableStateStore
    implements DurableStateUpdateStore<Object>,
        DurableStateStoreQuery<Object>,
        DurableStateStoreBySliceQuery<Object>,
        DurableStateStorePagedPersistenceIdsQuery<Object> {
  private final LsmDurableStateStore java;

  LsmScalaDurableStateStore(LsmDurableStateStore java) {
    this.java = java;
  }

  @Override
  public Future<GetObjectResult<Object>> getObject(String id) {
    return asScala(
        Unwrapped.stage(
            java.getObject(id)
                .thenApply(
                    r ->
                        new GetObjectResult<>(OptionConverters.toScala(r.value()), r.revision()))));
  }

  @Override
  public Future<Done> upsertObject(String id, long revision, Object value, String tag) {
    return asScala(java.upsertObject(id, revision, value, tag));
  }

  @Override
  @SuppressWarnings("deprecation") // part of the trait
  public Future<Done> deleteObject(String id) {
    return asScala(java.deleteObject(id));
  }

  @Override
  public Future<Done> deleteObject(String id, long revision) {
    return asScala(java.deleteObject(id, revision));
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> currentChanges(String tag, Offset offset) {
    return java.currentChanges(tag, offset).asScala();
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> changes(String tag, Offset offset) {
    return java.changes(tag, offset).asScala();
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> currentChangesBySlices(
      String entityType, int min, int max, Offset offset) {
    return java.currentChangesBySlices(entityType, min, max, offset).asScala();
  }

  @Override
  public Source<DurableStateChange<Object>, NotUsed> changesBySlices(
      String entityType, int min, int max, Offset offset) {
    return java.changesBySlices(entityType, min, max, offset).asScala();
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
  public Source<String, NotUsed> currentPersistenceIds(Option<String> afterId, long limit) {
    return java.currentPersistenceIds(OptionConverters.toJava(afterId), limit).asScala();
  }
}
