/**
 * Mounting and unmounting: with the system call as root, with the set-user-id program {@code
 * fusermount3} of libfuse for others; what is mounted where, mounts whose server has died, and the
 * knobs of a mounted connection in sysfs. Start with {@link io.troupe.fuse.mount.Mounter}.
 */
@NullMarked
package io.troupe.fuse.mount;

import org.jspecify.annotations.NullMarked;
