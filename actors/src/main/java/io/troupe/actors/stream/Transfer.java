package io.troupe.actors.stream;

/**
 * A read or write that was carried out.
 *
 * @param incarnation of the replica that answered; a write is durable once a sync of the same
 *     incarnation has succeeded
 */
public record Transfer(int bytes, long incarnation) {}
