package io.troupe.gateway.fs;

/**
 * What {@code statfs(2)} tells.
 *
 * @param totalBytes capacity of the OSDs that are online
 * @param freeBytes of it unused
 * @param inodes in use
 */
public record VolumeStatistics(long totalBytes, long freeBytes, long inodes) {}
