package io.troupe.actors.replica;

/**
 * Answer to a sync.
 *
 * @param incarnation of what was synced: a write that was acknowledged by another one, and not
 *     synced there, is lost
 */
public record Synced(long incarnation) {}
