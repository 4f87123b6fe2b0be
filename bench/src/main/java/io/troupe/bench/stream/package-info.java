/** Object frames over Aeron beside a TCP socket of the loopback device. */
@NullMarked
package io.troupe.bench.stream;

import org.jspecify.annotations.NullMarked;
