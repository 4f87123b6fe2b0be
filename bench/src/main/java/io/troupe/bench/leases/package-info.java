/** Leases: negotiations, and what it costs to keep many alive. */
@NullMarked
package io.troupe.bench.leases;

import org.jspecify.annotations.NullMarked;
