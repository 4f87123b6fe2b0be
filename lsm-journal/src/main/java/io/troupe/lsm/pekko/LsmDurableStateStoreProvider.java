package io.troupe.lsm.pekko;

import static scala.jdk.javaapi.FutureConverters.asScala;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.state.DurableStateStoreProvider;
import scala.Option;
import scala.concurrent.Future;

/** The durable state store, as Pekko looks it up by {@code lsm-journal.durable-state}. */
public final class LsmDurableStateStoreProvider implements DurableStateStoreProvider {
  private final States states;

  public LsmDurableStateStoreProvider(ExtendedActorSystem system) {
    this.states = new States(system);
  }

  @Override
  public org.apache.pekko.persistence.state.scaladsl.DurableStateStore<Object>
      scaladslDurableStateStore() {
    return new ScalaSide(states);
  }

  @Override
  public org.apache.pekko.persistence.state.javadsl.DurableStateStore<Object>
      javadslDurableStateStore() {
    return new JavaSide(states);
  }

  private static <T> CompletionStage<Done> done(CompletionStage<T> stage) {
    return stage.thenApply(x -> Done.getInstance());
  }

  private record ScalaSide(States states)
      implements org.apache.pekko.persistence.state.scaladsl.DurableStateUpdateStore<Object> {
    @Override
    public Future<org.apache.pekko.persistence.state.scaladsl.GetObjectResult<Object>> getObject(
        String id) {
      return asScala(
          states
              .get(id)
              .thenApply(
                  s ->
                      new org.apache.pekko.persistence.state.scaladsl.GetObjectResult<>(
                          Option.apply(s.value().orElse(null)), s.revision())));
    }

    @Override
    public Future<Done> upsertObject(String id, long revision, Object value, String tag) {
      return asScala(done(states.put(id, revision, value, tag)));
    }

    @Override
    @SuppressWarnings("deprecation") // part of the trait
    public Future<Done> deleteObject(String id) {
      return asScala(done(states.forget(id)));
    }

    @Override
    public Future<Done> deleteObject(String id, long revision) {
      return asScala(done(states.delete(id, revision)));
    }
  }

  private record JavaSide(States states)
      implements org.apache.pekko.persistence.state.javadsl.DurableStateUpdateStore<Object> {
    @Override
    public CompletionStage<org.apache.pekko.persistence.state.javadsl.GetObjectResult<Object>>
        getObject(String id) {
      return states
          .get(id)
          .thenApply(
              s ->
                  new org.apache.pekko.persistence.state.javadsl.GetObjectResult<>(
                      s.value(), s.revision()));
    }

    @Override
    public CompletionStage<Done> upsertObject(String id, long revision, Object value, String tag) {
      return done(states.put(id, revision, value, tag));
    }

    @Override
    @SuppressWarnings("deprecation") // part of the interface
    public CompletionStage<Done> deleteObject(String id) {
      return done(states.forget(id));
    }

    @Override
    public CompletionStage<Done> deleteObject(String id, long revision) {
      return done(states.delete(id, revision));
    }
  }
}
