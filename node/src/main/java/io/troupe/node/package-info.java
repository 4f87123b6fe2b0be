/** The one binary: command line, configuration, roles. */
@NullMarked
package io.troupe.node;

import org.jspecify.annotations.NullMarked;
