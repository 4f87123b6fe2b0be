package io.troupe.actors.directory;

/**
 * Where an OSD listens for object streams.
 *
 * @param hostId tells hosts apart: equal where both ends may share memory
 * @param driverDirectory of the OSD's embedded media driver, for clients of the same host
 * @param udp {@code host:port} for clients of other hosts
 */
public record StreamEndpoint(String hostId, String driverDirectory, String udp) {}
