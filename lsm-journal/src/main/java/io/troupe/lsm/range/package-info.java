/**
 * Deletes of whole ranges: what one says ({@link io.troupe.lsm.range.RangeTombstone}), many of them
 * made searchable ({@link io.troupe.lsm.range.RangeTombstones}), and those of a memtable, which
 * grow ({@link io.troupe.lsm.range.GrowingTombstones}). Pure; a delete of a range counts as a
 * version of every key in it.
 */
@NullMarked
package io.troupe.lsm.range;

import org.jspecify.annotations.NullMarked;
