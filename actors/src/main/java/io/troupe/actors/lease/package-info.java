/** The protocol of the Lease entity: one participant in one lease cell. */
@NullMarked
package io.troupe.actors.lease;

import org.jspecify.annotations.NullMarked;
