/** The vocabulary of the system. */
@NullMarked
package io.troupe.actors;

import org.jspecify.annotations.NullMarked;
