/**
 * Benchmarks; each compares with a named peer or limit in the same run, round by round. Start
 * reading at {@link io.troupe.bench.Main}; what they compare with stands in bench/README.md.
 */
@NullMarked
package io.troupe.bench;

import org.jspecify.annotations.NullMarked;
