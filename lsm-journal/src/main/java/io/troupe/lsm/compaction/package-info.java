/**
 * What to merge ({@link io.troupe.lsm.compaction.CompactionPicker}) and what of it to keep ({@link
 * io.troupe.lsm.compaction.VersionFilter}): decisions only, no files.
 */
@NullMarked
package io.troupe.lsm.compaction;

import org.jspecify.annotations.NullMarked;
