/** The MRC: Volume and File entities and the namespace they keep in the LSM tree. */
@NullMarked
package io.troupe.mrc;

import org.jspecify.annotations.NullMarked;
