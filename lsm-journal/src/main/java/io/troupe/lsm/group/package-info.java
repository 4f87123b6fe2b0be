/**
 * Replicated groups over a store: one store a node; partitions are key ranges in it; one log and
 * one sync for all of them. {@link io.troupe.lsm.group.GroupMember} is one member of one group: it
 * drives the {@link io.troupe.lsm.replicated.ReplicatedLog} of the group, keeps its entries and its
 * promise in the store, applies what is committed to the group's ranges, and sends and installs
 * snapshots. No actors and no network here: messages, time and what is asynchronous come in from
 * outside, on one thread.
 *
 * <p>What always holds:
 *
 * <ul>
 *   <li>The group's ranges are the state at its applied position: both change in one batch.
 *   <li>What the member tells others is on disk before it tells it.
 *   <li>Only committed entries are applied, in order, each once.
 *   <li>A state that is being installed is none: it counts from the batch on that sets its
 *       position.
 * </ul>
 */
@NullMarked
package io.troupe.lsm.group;

import org.jspecify.annotations.NullMarked;
