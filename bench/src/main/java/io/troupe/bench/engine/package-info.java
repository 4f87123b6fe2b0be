/** The LSM engine alone: its commits beside the disk, its reads beside a map in memory. */
@NullMarked
package io.troupe.bench.engine;

import org.jspecify.annotations.NullMarked;
