/**
 * The node's configuration: documented defaults, what a file and the command line override, and the
 * check that they override what exists.
 */
@NullMarked
package io.troupe.node.config;

import org.jspecify.annotations.NullMarked;
