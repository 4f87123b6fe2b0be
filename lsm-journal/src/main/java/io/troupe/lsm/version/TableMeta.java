package io.troupe.lsm.version;

import java.util.Arrays;

/**
 * What the manifest knows of a table.
 *
 * @param number its file number
 * @param index id of the index that it belongs to
 * @param bytes size of the file
 * @param entries how many versions it holds
 * @param tombstones how many of them are deletes
 * @param ranges how many deletes of ranges it holds besides
 * @param lowestSequence of its versions and deletes of ranges
 * @param highestSequence of its versions and deletes of ranges
 * @param smallest its first key, or the start of its first range
 * @param largest its last key, or the end of its last range
 * @param openEnd whether {@code largest} is the end of a range, which does not belong to it
 */
public record TableMeta(
    long number,
    int index,
    long bytes,
    long entries,
    long tombstones,
    long ranges,
    long lowestSequence,
    long highestSequence,
    byte[] smallest,
    byte[] largest,
    boolean openEnd) {

  /** A table without deletes of ranges. */
  public TableMeta(
      long number,
      int index,
      long bytes,
      long entries,
      long tombstones,
      long lowestSequence,
      long highestSequence,
      byte[] smallest,
      byte[] largest) {
    this(
        number,
        index,
        bytes,
        entries,
        tombstones,
        0,
        lowestSequence,
        highestSequence,
        smallest,
        largest,
        false);
  }

  /** Whether the table says nothing about that key or any above it. */
  public boolean endsBefore(byte[] key) {
    return endsBefore(key, key.length);
  }

  /** As {@link #endsBefore(byte[])}, for a key that is the start of an array. */
  public boolean endsBefore(byte[] key, int length) {
    int order = Arrays.compareUnsigned(largest, 0, largest.length, key, 0, length);
    return order < 0 || (order == 0 && openEnd);
  }

  /** Whether the table says nothing about that key or any below it. */
  public boolean startsAfter(byte[] key) {
    return Arrays.compareUnsigned(smallest, key) > 0;
  }

  /** Whether the key lies within the bounds of the table. */
  public boolean covers(byte[] key) {
    return covers(key, key.length);
  }

  /** As {@link #covers(byte[])}, for a key that is the start of an array. */
  public boolean covers(byte[] key, int length) {
    return Arrays.compareUnsigned(smallest, 0, smallest.length, key, 0, length) <= 0
        && !endsBefore(key, length);
  }

  /** Its keys, and the ranges that it deletes. */
  public Span span() {
    return new Span(smallest, largest, openEnd);
  }
}
