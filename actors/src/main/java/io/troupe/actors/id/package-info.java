/**
 * Typed identities: of nodes, volumes, partitions, files, lease cells. An id is never a bare number
 * or\n * string outside of a codec.
 */
@NullMarked
package io.troupe.actors.id;

import org.jspecify.annotations.NullMarked;
