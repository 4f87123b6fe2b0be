/**
 * The Volume entity: takes commands, commits what they change in batches, answers. Start with
 * {@link io.troupe.mrc.volume.VolumeEntity}.
 */
@NullMarked
package io.troupe.mrc.volume;

import org.jspecify.annotations.NullMarked;
