package io.troupe.actors.volume;

/**
 * How often a session has a file open.
 *
 * @param opens at least 1
 */
public record OpenCount(long inode, int opens) {}
