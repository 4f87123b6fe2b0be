package io.troupe.mrc.volume;

import io.troupe.actors.serialization.KryoSerializable;

/** The committer's state holds nothing: what it commits are records, not state of an actor. */
public record CommitterState() implements KryoSerializable {}
