/**
 * An embeddable, ordered, durable key-value store: a log-structured merge tree with atomic batches
 * over several indices, snapshots and group commit. Start at {@link io.troupe.lsm.Store}.
 *
 * <pre>{@code
 * try (Store store = Store.open(directory, StoreOptions.defaults())) {
 *   Index users = store.index("users");
 *   store.commitAndWait(new WriteBatch().put(users, key, value), Durability.SYNC);
 *   Optional<byte[]> found = store.get(users, key);
 * }
 * }</pre>
 *
 * <p>What is acknowledged with {@link io.troupe.lsm.Durability#SYNC} survives loss of power; a
 * batch is there whole or not at all; what does not verify is reported, never returned. A {@link
 * io.troupe.lsm.WriteBatch} puts, deletes keys and ranges of them, and adds to counters, on
 * condition that what it expects still holds. A {@link io.troupe.lsm.Snapshot} reads the store as
 * it was at one moment; {@link io.troupe.lsm.Store#checkpoint} copies it to another directory.
 *
 * <p>The types of this package are the promised interface, those of {@code tool} besides for who
 * looks after stores; the other packages below are not.
 */
@NullMarked
package io.troupe.lsm;

import org.jspecify.annotations.NullMarked;
