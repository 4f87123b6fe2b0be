/** What all benchmarks share: rounds of contestants that take turns, times, tables, options. */
@NullMarked
package io.troupe.bench.report;

import org.jspecify.annotations.NullMarked;
