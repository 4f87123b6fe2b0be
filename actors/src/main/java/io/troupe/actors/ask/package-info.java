/** Asking an actor from outside of actors, without a change of threads on the way back. */
@NullMarked
package io.troupe.actors.ask;

import org.jspecify.annotations.NullMarked;
