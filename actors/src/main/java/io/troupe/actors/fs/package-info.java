/**
 * Values of a file system: names as bytes, attributes, striping policies, replicas, xloc sets.
 * Nothing\n * here has identity or behaviour beyond its own arithmetic.
 */
@NullMarked
package io.troupe.actors.fs;

import org.jspecify.annotations.NullMarked;
