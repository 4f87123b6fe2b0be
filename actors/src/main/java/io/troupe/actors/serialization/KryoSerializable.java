package io.troupe.actors.serialization;

/** Marks what Pekko hands to {@link KryoSerializer} and is none of the protocols of this module. */
public interface KryoSerializable {}
