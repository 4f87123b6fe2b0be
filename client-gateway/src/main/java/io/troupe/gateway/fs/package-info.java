/**
 * A volume as a file system of inodes: what the FUSE bridge serves and what the Java client's paths
 * are built on. Start with {@link io.troupe.gateway.fs.InodeFileSystem}.
 */
@NullMarked
package io.troupe.gateway.fs;

import org.jspecify.annotations.NullMarked;
