package io.troupe.actors.lease;

/** What the actor takes that carries all leases of a node; of these, batches come from others. */
public interface LeaseNodeCommand {}
