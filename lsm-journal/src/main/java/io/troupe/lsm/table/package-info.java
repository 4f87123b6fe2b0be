/**
 * Immutable sorted files. {@link io.troupe.lsm.table.TableFormat} draws the layout; {@link
 * io.troupe.lsm.table.TableWriter} writes, {@link io.troupe.lsm.table.TableCache} is where reading
 * starts: a {@link io.troupe.lsm.table.Table} says where to look, a {@link
 * io.troupe.lsm.table.Block} is looked at in the memory of the {@link
 * io.troupe.lsm.table.BlockCache}. Every section is verified when it comes from the disk.
 */
@NullMarked
package io.troupe.lsm.table;

import org.jspecify.annotations.NullMarked;
