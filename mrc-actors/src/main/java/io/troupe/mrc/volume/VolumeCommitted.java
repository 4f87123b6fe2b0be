package io.troupe.mrc.volume;

import io.troupe.actors.id.Epoch;
import io.troupe.lsm.pekko.RecordChange;
import java.util.List;

/**
 * One batch of operations took effect. It carries the records as they are afterwards, so that
 * whoever applies it needs no logic.
 *
 * @param epoch of the partition's master
 * @param reclaims all of its operations free space
 */
public record VolumeCommitted(Epoch epoch, List<RecordChange> changes, boolean reclaims)
    implements VolumeEvent {}
