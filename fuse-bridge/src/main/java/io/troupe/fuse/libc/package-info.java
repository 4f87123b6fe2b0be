/**
 * The system calls of the bridge, through the foreign function interface: the one place of this
 * module that knows native layouts of libc. Addresses are passed as {@code long}, errors come back
 * as {@code -errno}; nothing here allocates where a request passes. Calls that may wait are plain
 * downcalls, never critical ones: a critical call would hold up every safepoint while it waits.
 */
@NullMarked
package io.troupe.fuse.libc;

import org.jspecify.annotations.NullMarked;
