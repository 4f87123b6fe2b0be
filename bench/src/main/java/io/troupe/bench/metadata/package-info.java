/** Operations of one Volume entity beside the bare engine. */
@NullMarked
package io.troupe.bench.metadata;

import org.jspecify.annotations.NullMarked;
