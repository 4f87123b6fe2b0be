package io.troupe.gateway.fs;

import io.troupe.actors.fs.Attributes;

/**
 * An open file.
 *
 * @param handle names it in reads and writes until it is released
 */
public record OpenedFile(long handle, Attributes attributes) {}
