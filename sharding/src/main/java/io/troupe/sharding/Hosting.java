package io.troupe.sharding;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.japi.function.Function;

/**
 * A kind of entity that this node runs.
 *
 * @param stopMessage told to an entity that is to be passivated
 * @param maxActive entities alive at a time; the least recently used go first
 * @param dispatcher configuration path of the threads that they run on; empty for the default
 */
public record Hosting<M>(
    EntityTypeKey<M> type,
    Function<EntityContext<M>, Behavior<M>> factory,
    M stopMessage,
    int maxActive,
    String dispatcher) {
  public Hosting {
    if (maxActive < 1) {
      throw new IllegalArgumentException("maxActive must be positive: " + maxActive);
    }
  }
}
