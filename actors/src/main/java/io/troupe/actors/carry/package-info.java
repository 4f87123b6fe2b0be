/**
 * Threads that carry out themselves what they ask actors for. To wake a sleeping thread costs as
 * much as all that the actors on a request's way do with it; a thread that has nothing to do until
 * its request is answered, a reader of the FUSE bridge, saves that. Start with {@link
 * io.troupe.actors.carry.CarryingThread}.
 */
@NullMarked
package io.troupe.actors.carry;

import org.jspecify.annotations.NullMarked;
