/**
 * The command line: one class a verb, shared options beside them. Start with {@code TroupeCommand}.
 */
@NullMarked
package io.troupe.node.cli;

import org.jspecify.annotations.NullMarked;
