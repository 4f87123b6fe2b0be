/**
 * The operations of the kernel, one class each, named after the kernel's: what it asks, put to an
 * {@link io.troupe.gateway.fs.InodeFileSystem}. A node's number is its inode's. Operations keep no
 * state of their own and never wait; what a request carries they take out before they hand it over.
 * Start with {@link io.troupe.fuse.ops.Operations}, the table.
 */
@NullMarked
package io.troupe.fuse.ops;

import org.jspecify.annotations.NullMarked;
