package io.troupe.lease;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.serialization.KryoSerializable;

/** What a participant keeps over restarts. */
record LeaseState(Epoch epoch) implements KryoSerializable {}
