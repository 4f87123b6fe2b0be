/** Benchmarks; each compares with a named peer or limit in the same run. */
@NullMarked
package io.troupe.bench;

import org.jspecify.annotations.NullMarked;
