/**
 * The protocol of the Replica entity: one file's objects on one OSD. Bytes do not travel here but
 * in\n * {@link io.troupe.actors.stream}; this is the control side: sync, truncate, delete,
 * describe.
 */
@NullMarked
package io.troupe.actors.replica;

import org.jspecify.annotations.NullMarked;
