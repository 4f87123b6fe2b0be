/**
 * The FUSE bridge: the kernel's protocol over {@code /dev/fuse}, put to an {@link
 * io.troupe.gateway.fs.InodeFileSystem} and to nothing else. Inode based: hard links, files that
 * are open and unlinked, renames under open files are what they are on a local disk.
 *
 * <p>Way of a request: a reader thread takes it from the kernel ({@code transport}), the operation
 * that is named like the kernel's puts it to the file system ({@code ops}, layouts in {@code
 * protocol}), and whichever thread completes it replies. No reader ever waits for the file system.
 * Start with {@link io.troupe.fuse.FuseMount}.
 */
@NullMarked
package io.troupe.fuse;

import org.jspecify.annotations.NullMarked;
