/** That engines do what the works expect of them. */
@NullMarked
package io.troupe.bench.engines;

import org.jspecify.annotations.NullMarked;
