/** That the benchmarks run at all, with tiny sizes. */
@NullMarked
package io.troupe.bench;

import org.jspecify.annotations.NullMarked;
