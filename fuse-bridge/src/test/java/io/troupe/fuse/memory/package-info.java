/**
 * A complete POSIX file system in memory behind the interface that the bridge serves: for its tests
 * and for measuring it alone. Start with {@link io.troupe.fuse.memory.MemoryFileSystem}; {@link
 * io.troupe.fuse.memory.ServeMemory} mounts one from the command line.
 */
@NullMarked
package io.troupe.fuse.memory;

import org.jspecify.annotations.NullMarked;
