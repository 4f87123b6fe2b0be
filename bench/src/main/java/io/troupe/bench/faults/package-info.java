/**
 * {@code bench faults}: a cluster of real processes to which bad things happen while applications
 * work in its mounts.
 */
@NullMarked
package io.troupe.bench.faults;

import org.jspecify.annotations.NullMarked;
