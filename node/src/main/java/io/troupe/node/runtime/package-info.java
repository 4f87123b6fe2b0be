/** A running node: its data directory, the roles it plays, start and stop in the right order. */
@NullMarked
package io.troupe.node.runtime;

import org.jspecify.annotations.NullMarked;
