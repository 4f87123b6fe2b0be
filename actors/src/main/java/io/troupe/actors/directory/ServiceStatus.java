package io.troupe.actors.directory;

/**
 * A registered node as the DIR sees it.
 *
 * @param online the last heartbeat is recent enough
 * @param silentMillis since the last heartbeat
 */
public record ServiceStatus(ServiceRecord record, boolean online, long silentMillis) {}
