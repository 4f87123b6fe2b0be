/**
 * The replicated log: one log of batches on several members, a majority of which has every entry
 * that was ever acknowledged. A pure state machine: no clock, no thread, no disk, no network.
 * {@link io.troupe.lsm.replicated.ReplicatedLog} says how it works and why it is safe.
 */
@NullMarked
package io.troupe.lsm.replicated;

import org.jspecify.annotations.NullMarked;
