/**
 * Expected failures as values: {@link io.troupe.actors.errors.Result} with an {@link\n *
 * io.troupe.actors.errors.Errno}.
 */
@NullMarked
package io.troupe.actors.errors;

import org.jspecify.annotations.NullMarked;
