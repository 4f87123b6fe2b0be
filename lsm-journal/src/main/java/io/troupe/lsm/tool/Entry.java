package io.troupe.lsm.tool;

/**
 * An entry as a file has it.
 *
 * @param file the table or the segment of the log
 * @param kind {@code put}, {@code delete}, {@code add} to a counter, {@code delete-range} (the
 *     value is the first key behind it) or {@code declare} (the key is the name of the index)
 */
public record Entry(
    String file, String index, byte[] key, long sequence, String kind, byte[] value) {}
