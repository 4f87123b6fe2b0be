package io.troupe.sharding.directory;

import com.typesafe.config.Config;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.lsm.group.GroupRanges;
import io.troupe.lsm.pekko.CommitRoute;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.lsm.pekko.PersistenceRanges;
import io.troupe.sharding.group.Group;
import io.troupe.sharding.group.GroupIds;
import io.troupe.sharding.group.GroupSpec;
import io.troupe.sharding.group.Groups;
import io.troupe.sharding.group.Mastership;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * This node's part in a directory that several nodes keep. It tells both whether the entity may act
 * and where to what it persists goes: none can be right without the other. Thread-safe.
 */
public final class DirectoryGroup {
  private static final CellId CELL = new CellId("directory");

  private final ActorSystem<?> system;
  private final int replicas;
  private volatile @Nullable Group group;

  /**
   * Before the first Directory starts on this node: from now on what it persists goes to the group.
   */
  public DirectoryGroup(ActorSystem<?> system, int replicas) {
    this.system = system;
    this.replicas = replicas;
    LsmStores.get(system)
        .addRoute(
            id ->
                id.equals(DirectoryEntity.PERSISTENCE_ID)
                    ? Optional.of(route())
                    : Optional.empty());
  }

  private CommitRoute route() {
    Group g = group;
    if (g == null) {
      return batch ->
          CompletableFuture.failedFuture(
              new IllegalStateException("this node does not take part in the directory yet"));
    }
    Epoch epoch = g.mastership().epoch();
    return batch -> g.propose(batch, epoch);
  }

  /** NONE until the node takes part. */
  public Mastership mastership() {
    Group g = group;
    return g == null ? Mastership.NONE : g.mastership();
  }

  /**
   * Takes part, the first time when all others are there, too.
   *
   * @param onServing run each time that this node begins to serve
   * @return the nodes that keep the directory; fails with an {@link IllegalStateException} where
   *     this node cannot be one of them
   */
  public CompletionStage<List<NodeId>> takePart(NodeId self, Groups groups, Runnable onServing) {
    Config config = system.settings().config().getConfig("troupe.directory");
    Duration lease = config.getDuration("lease-duration");
    MembersStore store = new MembersStore(LsmStores.get(system).store());
    CompletableFuture<List<NodeId>> done = new CompletableFuture<>();
    system.systemActorOf(
        FoundingActor.create(
            self,
            replicas,
            config.getBoolean("create"),
            store.read(),
            store,
            nodes ->
                groups
                    .join(
                        new GroupSpec(
                            GroupIds.DIRECTORY,
                            CELL,
                            nodes,
                            new GroupRanges(PersistenceRanges.ofId(DirectoryEntity.PERSISTENCE_ID)),
                            lease),
                        onServing)
                    .thenAccept(joined -> group = joined),
            done),
        FoundingActor.NAME,
        Props.empty());
    return done;
  }
}
