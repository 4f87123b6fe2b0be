package io.troupe.actors.volume;

import io.troupe.actors.fs.StripingPolicy;

/**
 * What is decided when a volume is made.
 *
 * @param striping of new files
 * @param rootMode permission bits of the root directory
 */
public record VolumePolicy(StripingPolicy striping, int rootMode, int rootUid, int rootGid) {}
