/** The Replica entity: the single writer of one file's objects on one OSD. */
@NullMarked
package io.troupe.osd.replica;

import org.jspecify.annotations.NullMarked;
