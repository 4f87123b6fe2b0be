/**
 * Pekko Persistence over the store: journal, snapshot store and durable state store, with their
 * queries, share one {@link io.troupe.lsm.Store} in a directory.
 *
 * <p>What makes them more than storage of bytes: an event or state that is a {@link
 * io.troupe.lsm.pekko.RecordedEvent} is committed in one atomic batch with the records that it
 * changes.
 *
 * <p>Start at {@code SharedStore}, which puts the parts together; {@code Events}, {@code States}
 * and {@code Snapshots} are what the plugins Pekko starts stand on. Who keeps what under which key
 * is in {@code EventIndices}, {@code StateIndices} and {@code Snapshots}; why no query misses an
 * event in {@code CommitOrder}.
 */
@NullMarked
package io.troupe.lsm.pekko;

import org.jspecify.annotations.NullMarked;
