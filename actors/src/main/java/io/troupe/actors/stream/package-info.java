/**
 * The object stream: requests for objects and their replies as frames over Aeron, with credits.
 * Both OSD\n * and gateway speak it.
 */
@NullMarked
package io.troupe.actors.stream;

import org.jspecify.annotations.NullMarked;
