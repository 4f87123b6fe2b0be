package io.troupe.actors.volume;

import io.troupe.actors.id.Epoch;

/**
 * One begin of a Volume to serve, from which on it knows by itself who has what open.
 *
 * @param number drawn anew for each, since epochs may stay the same
 */
public record Incarnation(Epoch epoch, long number) {}
