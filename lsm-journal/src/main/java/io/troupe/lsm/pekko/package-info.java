/**
 * Pekko Persistence over the store: journal, snapshot store and durable state store of one node
 * share one {@link io.troupe.lsm.Store}. What makes them more than storage of bytes: an event or
 * state that is a {@link io.troupe.lsm.pekko.RecordedEvent} is committed in one atomic batch with
 * the records that it changes.
 */
@NullMarked
package io.troupe.lsm.pekko;

import org.jspecify.annotations.NullMarked;
