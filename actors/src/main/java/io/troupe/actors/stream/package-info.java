/**
 * The object stream: requests for objects and their replies as frames over Aeron, with credits.
 * {@link io.troupe.actors.stream.ObjectStreamClient} is the gateway's end, {@link
 * io.troupe.actors.stream.ObjectStreamServer} the OSD's. Each has one polling thread, which never
 * blocks; no request is without a deadline and no queue without a bound. {@link
 * io.troupe.actors.stream.Frame} is the format.
 */
@NullMarked
package io.troupe.actors.stream;

import org.jspecify.annotations.NullMarked;
