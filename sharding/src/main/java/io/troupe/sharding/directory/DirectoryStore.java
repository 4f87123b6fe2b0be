package io.troupe.sharding.directory;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.state.DurableStateStoreRegistry;
import org.apache.pekko.persistence.state.javadsl.DurableStateStore;

/** The directory as it lies in this node's store. */
public final class DirectoryStore {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private DirectoryStore() {}

  /**
   * True if this node has never held the directory.
   *
   * @throws IllegalStateException if the store does not tell
   */
  public static boolean isEmpty(ActorSystem<?> system) {
    String plugin = system.settings().config().getString("pekko.persistence.state.plugin");
    DurableStateStore<?> store =
        DurableStateStoreRegistry.get(system.classicSystem())
            .getDurableStateStoreFor(DurableStateStore.class, plugin);
    try {
      return store
          .getObject(DirectoryEntity.PERSISTENCE_ID)
          .toCompletableFuture()
          .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .join()
          .value()
          .isEmpty();
    } catch (CompletionException e) {
      throw new IllegalStateException("cannot read this node's directory", e);
    }
  }
}
