/**
 * The FUSE bridge: the kernel's protocol over {@code /dev/fuse}, served from the gateway's Java
 * API.
 */
@NullMarked
package io.troupe.fuse;

import org.jspecify.annotations.NullMarked;
