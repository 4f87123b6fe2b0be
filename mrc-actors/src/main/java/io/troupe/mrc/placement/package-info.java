/** Which OSDs hold a new file. */
@NullMarked
package io.troupe.mrc.placement;

import org.jspecify.annotations.NullMarked;
