/** System tests: real processes, real mounts, real faults. They need root and {@code /dev/fuse}. */
@NullMarked
package io.troupe.node.it;

import org.jspecify.annotations.NullMarked;
