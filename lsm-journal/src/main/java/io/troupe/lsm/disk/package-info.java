/**
 * The one seam between the engine and the file system. Every byte that the engine stores goes
 * through {@link io.troupe.lsm.disk.Disk}, so that tests can put a disk under it that loses, tears
 * and reorders what was not synced.
 */
@NullMarked
package io.troupe.lsm.disk;

import org.jspecify.annotations.NullMarked;
