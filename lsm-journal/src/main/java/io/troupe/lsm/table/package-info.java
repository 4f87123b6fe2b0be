/**
 * Immutable sorted files. {@link io.troupe.lsm.table.TableFormat} draws the layout; {@link
 * io.troupe.lsm.table.TableWriter} writes, {@link io.troupe.lsm.table.Table} reads. Every block is
 * verified when it comes from the disk.
 */
@NullMarked
package io.troupe.lsm.table;

import org.jspecify.annotations.NullMarked;
