/**
 * The protocol of the Volume entity: one partition of a volume's directory tree. Start with
 * {@link\n * io.troupe.actors.volume.VolumeCommand}.
 */
@NullMarked
package io.troupe.actors.volume;

import org.jspecify.annotations.NullMarked;
