/**
 * What was committed and is not in tables yet: one {@link io.troupe.lsm.memtable.SkipList} an
 * index, written by the log thread alone and read by everyone.
 */
@NullMarked
package io.troupe.lsm.memtable;

import org.jspecify.annotations.NullMarked;
