/**
 * Leases: who may act for a cell. The protocol is a state machine of its own; the entity carries
 * it.
 */
@NullMarked
package io.troupe.lease;

import org.jspecify.annotations.NullMarked;
