/**
 * Queries of the journal: {@link io.troupe.lsm.pekko.query.LsmReadJournal}, and the same for Scala.
 * Offsets are the ordinals that commits got in their order, so that a stream which was stopped goes
 * on behind the last offset without a gap and without a duplicate.
 */
@NullMarked
package io.troupe.lsm.pekko.query;

import org.jspecify.annotations.NullMarked;
