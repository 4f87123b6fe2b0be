/**
 * The kernel's FUSE protocol, version 7.31 and later: opcodes, flags and the layout of what goes
 * over {@code /dev/fuse}, as in {@code include/uapi/linux/fuse.h}. Everything is in the byte order
 * of the machine. Codecs are static, work at an offset of a segment and know nothing of transport
 * or file systems. Start with {@link io.troupe.fuse.protocol.RequestHeader}.
 */
@NullMarked
package io.troupe.fuse.protocol;

import org.jspecify.annotations.NullMarked;
