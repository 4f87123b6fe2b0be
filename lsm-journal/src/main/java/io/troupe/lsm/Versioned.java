package io.troupe.lsm;

/**
 * A value and the commit that wrote it: what {@link WriteBatch#expect} is given to change a value
 * only if nobody else did.
 *
 * @param value not to be modified
 * @param sequence number of the commit that wrote it, at least 1
 */
public record Versioned(byte[] value, long sequence) {}
