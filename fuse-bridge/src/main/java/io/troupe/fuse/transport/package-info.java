/**
 * How requests come in and replies go out. A {@link io.troupe.fuse.transport.Channel} is one queue
 * of the kernel; a {@link io.troupe.fuse.transport.Reader} thread sits on it and hands each request
 * to the {@link io.troupe.fuse.transport.Handler} together with its memory.
 *
 * <p>Invariants: a request has one owner at a time and gets at most one reply, on the channel that
 * it came from; the number of requests under way is bounded by the {@link
 * io.troupe.fuse.transport.RequestPool}, and when all are under way readers wait, so that the
 * kernel holds back who calls. Start with {@link io.troupe.fuse.transport.Request}.
 */
@NullMarked
package io.troupe.fuse.transport;

import org.jspecify.annotations.NullMarked;
