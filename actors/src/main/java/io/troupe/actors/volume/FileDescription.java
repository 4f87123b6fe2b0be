package io.troupe.actors.volume;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.XLocSet;
import java.util.Optional;

/**
 * An inode with where its content lies.
 *
 * @param xlocs empty for anything but a regular file
 * @param truncatePending the OSDs may still hold what the last truncate cut off
 */
public record FileDescription(
    Attributes attributes, Optional<XLocSet> xlocs, boolean truncatePending) {}
