package io.troupe.lsm.version;

/**
 * What the manifest knows of a table.
 *
 * @param number its file number
 * @param index id of the index that it belongs to
 * @param bytes size of the file
 * @param entries how many versions it holds
 * @param tombstones how many of them are deletes
 * @param lowestSequence of its versions
 * @param highestSequence of its versions
 * @param smallest its first key
 * @param largest its last key
 */
public record TableMeta(
    long number,
    int index,
    long bytes,
    long entries,
    long tombstones,
    long lowestSequence,
    long highestSequence,
    byte[] smallest,
    byte[] largest) {}
