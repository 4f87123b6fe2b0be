/**
 * The lease protocol: Paxos over a value that expires, without a disk. No clock, thread or I/O:
 * time comes in with every call, what is to be sent or told goes out through {@link
 * io.troupe.lease.flease.Effects}.
 *
 * <p>{@link io.troupe.lease.flease.LeaseNode} holds all cells of a node. Of one cell, {@link
 * io.troupe.lease.flease.Acceptor} keeps promises and votes, on which safety rests, {@link
 * io.troupe.lease.flease.Proposer} wins, renews and gives up. {@code docs/leases.md} has the
 * argument why no two nodes ever hold a lease at a time.
 */
@NullMarked
package io.troupe.lease.flease;

import org.jspecify.annotations.NullMarked;
