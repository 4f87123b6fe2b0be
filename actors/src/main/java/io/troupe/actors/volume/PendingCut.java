package io.troupe.actors.volume;

/**
 * A truncate that has not reached all OSDs yet. Its size is its own: the file may have grown since.
 *
 * @param sizeBytes where to cut, of the whole file
 */
public record PendingCut(int truncateEpoch, long sizeBytes) {}
