package io.troupe.actors.fs;

/** What {@code statfs(2)} needs of a volume's metadata side. */
public record VolumeUsage(long inodes, long usedBytes) {}
