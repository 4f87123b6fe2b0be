/**
 * The write-ahead log: segments of frames, a frame for each group of batches. {@link
 * io.troupe.lsm.wal.WalFormat} draws the layout, {@link io.troupe.lsm.wal.Wal} writes, {@link
 * io.troupe.lsm.wal.WalReplay} reads after a start.
 *
 * <p>Invariants: nothing is written behind a frame that did not verify; sequence numbers have no
 * gaps; a segment is synced before the next one is written to.
 */
@NullMarked
package io.troupe.lsm.wal;

import org.jspecify.annotations.NullMarked;
