package io.troupe.lsm.range;

/**
 * Says that all versions of the keys of a range are gone that are older than it.
 *
 * @param from the first key
 * @param to the first key behind the range, above {@code from}
 * @param sequence of the batch that deleted the range
 */
public record RangeTombstone(byte[] from, byte[] to, long sequence) {}
