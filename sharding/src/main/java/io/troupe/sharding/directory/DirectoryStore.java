package io.troupe.sharding.directory;

import io.troupe.actors.id.NodeId;
import io.troupe.lsm.pekko.LsmStores;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
   * What this node knows forbids that it keeps the directory on so many nodes, or on these; empty:
   * nothing does.
   */
  public static Optional<String> objection(ActorSystem<?> system, NodeId self, int replicas) {
    Optional<DirectoryMembers> members = new MembersStore(LsmStores.get(system).store()).read();
    if (members.isPresent()) {
      List<NodeId> nodes = members.get().nodes();
      return nodes.size() == replicas && nodes.contains(self)
          ? Optional.empty()
          : Optional.of(
              "this node's directory is kept on %d nodes, which cannot be changed: %s"
                  .formatted(nodes.size(), nodes));
    }
    return replicas == 1 || isEmpty(system)
        ? Optional.empty()
        : Optional.of(
            "this node's directory is kept on one node, which cannot be changed: start it with"
                + " troupe.directory.replicas = 1");
  }

  /** Whether this node is one of those that keep a directory together. */
  public static boolean isMember(ActorSystem<?> system) {
    return new MembersStore(LsmStores.get(system).store()).read().isPresent();
  }

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
