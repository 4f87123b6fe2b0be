package io.troupe.mrc.volume;

import io.troupe.actors.serialization.KryoSerializable;
import io.troupe.lsm.pekko.RecordedEvent;

/** One batch of operations took effect. */
public sealed interface VolumeEvent extends RecordedEvent, KryoSerializable
    permits VolumeCommitted, VolumeLogged {}
