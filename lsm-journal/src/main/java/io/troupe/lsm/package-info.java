/**
 * An embeddable, ordered, durable key-value store: a log-structured merge tree with atomic batches
 * over several indices, snapshots and group commit. Start at {@link io.troupe.lsm.Store}.
 *
 * <p>What is acknowledged with {@link io.troupe.lsm.Durability#SYNC} survives loss of power; a
 * batch is there whole or not at all; what does not verify is reported, never returned. The types
 * of this package are the promised interface, the packages below it are not.
 */
@NullMarked
package io.troupe.lsm;

import org.jspecify.annotations.NullMarked;
