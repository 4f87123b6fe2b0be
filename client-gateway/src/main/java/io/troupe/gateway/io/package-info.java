/** Striped I/O: byte ranges become object requests to all OSDs of a stripe at once. */
@NullMarked
package io.troupe.gateway.io;

import org.jspecify.annotations.NullMarked;
