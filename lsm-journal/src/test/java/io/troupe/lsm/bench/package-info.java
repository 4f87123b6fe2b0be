/**
 * What the engine costs, beside what the machine takes: run {@link io.troupe.lsm.bench.StoreBench}
 * by hand.
 */
@NullMarked
package io.troupe.lsm.bench;

import org.jspecify.annotations.NullMarked;
