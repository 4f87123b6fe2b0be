/** System calls of two directories: a mount of Troupe and, say, a local file system. */
@NullMarked
package io.troupe.bench.mount;

import org.jspecify.annotations.NullMarked;
