/**
 * What an operator does with a store that no process has open: verify it, look into it, count what
 * it has. Nothing here goes through the engine, so that a store which does not open can be looked
 * at too. Start at {@link io.troupe.lsm.tool.Verify}.
 */
@NullMarked
package io.troupe.lsm.tool;

import org.jspecify.annotations.NullMarked;
